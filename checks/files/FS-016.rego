# METADATA
# title: Leftovers of the developer
# description: >
#   Settings of editors, build files and the like are of no use at run time. They tell how the image was made, and show
#   that the whole working folder was copied.
# custom:
#   id: FS-016
#   severity: low
#   family: files
#   input: image/v1
#   needs: [files, file_counts, gaps]
#   remedy: List them in `.dockerignore`, or copy only what the program needs.
#   aliases: [DKL-LI-0003]
#   standards:
#     pci-dss: ["6.5.6"]
package plimsoll.checks.fs_016

import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

hits contains result.file(file, message) if {
	some file in origin.each(input.files, "developer-leftover")
	location := file.path
	not origin.of_package(location)
	message := origin.told(file, sprintf("%s was left in the image", [location]))
}

deny contains hit if some hit in hits

# The document lists only so many files of a kind.
deny contains result.at("files.developer-leftover", message) if {
	count(hits) > 0
	message := origin.unlisted(input.files, input.file_counts, "developer-leftover", "leftovers")
}

not_assessed contains message if {
	message := origin.unlisted(input.files, input.file_counts, "developer-leftover", "leftovers")
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
