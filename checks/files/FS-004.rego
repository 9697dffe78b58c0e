# METADATA
# title: File that everybody may write
# description: >
#   Any process of the container, whoever it runs as, can change what others read or run from this file.
# custom:
#   id: FS-004
#   severity: medium
#   family: files
#   input: image/v1
#   needs: [files, file_counts, gaps]
#   remedy: >
#     Take the right away in the step that brings the file: `chmod o-w FILE`, or `COPY --chmod=0644`.
#   standards:
#     nist-800-53: [CM-6]
#     disa-container: [operating-system]
#     fedramp: [hardened-images]
#     iso-27001: [A.8.9]
package plimsoll.checks.fs_004

import data.plimsoll.lib.gap
import data.plimsoll.lib.noted
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

hits contains result.file(file, message) if {
	some file in noted.visible(input.files, "world-writable")
	file.kind == "file"
	message := sprintf("%s has mode %s", [file.path, file.octal])
}

deny contains hit if some hit in hits

# The document lists only so many files of a kind.
deny contains result.at("files.world-writable", message) if {
	count(hits) > 0
	message := origin.unlisted(
		input.files, input.file_counts, "world-writable", "files and folders that everybody may write",
	)
}

not_assessed contains message if {
	message := origin.unlisted(
		input.files, input.file_counts, "world-writable", "files and folders that everybody may write",
	)
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
