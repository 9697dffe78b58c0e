# METADATA
# title: History of somebody's commands
# description: >
#   A history tells what was typed, and people type passwords and addresses.
# custom:
#   id: FS-018
#   severity: medium
#   family: files
#   input: image/v1
#   needs: [files, gaps]
#   remedy: Delete the file; build from a Dockerfile rather than from a shell in a container.
package plimsoll.checks.fs_018

import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in origin.each(input.files, "history")
	file.size > 0
	message := origin.told(file, sprintf("%s remembers what was typed", [file.path]))
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
