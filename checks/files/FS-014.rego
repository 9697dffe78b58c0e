# METADATA
# title: Archive entry that leads out of the image
# description: >
#   An entry with `..` or with a link out of the tree writes into the host of a careless unpacker. No honest build makes
#   one.
# custom:
#   id: FS-014
#   severity: high
#   family: files
#   input: image/v1
#   needs: [files, gaps]
#   remedy: Do not unpack or run the image; find out who made the layer, and build it anew.
package plimsoll.checks.fs_014

import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in origin.each(input.files, "escape")
	message := sprintf("%s leads out of the image%s", [file.path, target(file)])
}

target(file) := sprintf(", to %s", [file.link]) if object.get(file, "link", "") != ""

target(file) := "" if object.get(file, "link", "") == ""

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
