# METADATA
# title: Dump of memory in the image
# description: >
#   A dump is the memory of a program as it was, with its keys, passwords and the data it worked on.
# custom:
#   id: FS-017
#   severity: medium
#   family: files
#   input: image/v1
#   needs: [files, gaps]
#   remedy: Delete the file in the step that makes it, and send dumps to a place outside the image.
#   standards:
#     nist-800-53: [SC-28]
package plimsoll.checks.fs_017

import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in origin.each(input.files, "dump")
	location := file.path
	not origin.of_package(location)
	message := origin.told(file, sprintf("%s looks like a dump of memory, of %d bytes", [location, file.size]))
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
