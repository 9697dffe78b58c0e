# METADATA
# title: Keys that may log in are in the image
# description: >
#   Whoever has one of these keys gets into every container of the image that runs an SSH server, as long as the image
#   is used.
# custom:
#   id: FS-011
#   severity: high
#   family: files
#   input: image/v1
#   needs: [files, gaps]
#   remedy: Delete the file; mount keys at run time if there has to be a login.
#   standards:
#     nist-800-53: [IA-5]
#     eu-cra: [I-I-2-d]
package plimsoll.checks.fs_011

import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in origin.each(input.files, "authorized-keys")
	file.kind == "file"
	file.size > 0
	message := origin.told(file, sprintf("%s says which keys may log in", [file.path]))
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
