# METADATA
# title: Folder that everybody may write, without the sticky bit
# description: >
#   In such a folder anybody may remove or replace the files of others, and so hand them a file of their own.
# custom:
#   id: FS-005
#   severity: medium
#   family: files
#   input: image/v1
#   needs: [files, file_counts, gaps]
#   remedy: >
#     Give it to the user that writes there and `chmod o-w` it; add the sticky bit (`chmod +t`) where everybody has to
#     write.
#   standards:
#     nist-800-53: [CM-6]
#     disa-container: [operating-system]
#     fedramp: [hardened-images]
package plimsoll.checks.fs_005

import data.plimsoll.lib.gap
import data.plimsoll.lib.mode
import data.plimsoll.lib.noted
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

hits contains result.file(file, message) if {
	some file in noted.visible(input.files, "world-writable")
	file.kind == "folder"
	not mode.is_sticky(file)
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
