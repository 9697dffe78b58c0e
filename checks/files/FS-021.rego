# METADATA
# title: Programs of the system can be changed by others than root
# description: >
#   Whoever may write a program or library of the system decides what everybody else runs, root included.
# custom:
#   id: FS-021
#   severity: high
#   family: files
#   input: image/v1
#   needs: [files, file_counts, gaps]
#   remedy: >
#     Give it back to root and take the right away: `chown root:root FILE`, `chmod go-w FILE`.
#   standards:
#     nist-800-53: [CM-11, SI-7]
#     disa-container: [operating-system]
package plimsoll.checks.fs_021

import data.plimsoll.lib.gap
import data.plimsoll.lib.mode
import data.plimsoll.lib.noted
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

hits contains rated(file, result.file(file, message)) if {
	some file in noted.visible(input.files, "system-writable")
	not is_usual(file)
	message := sprintf("%s has mode %s, owner %d and group %d", [file.path, file.octal, file.uid, file.gid])
}

# A program that runs as its owner has to belong to it: FS-001 tells of these.
is_usual(file) if {
	mode.owner_becomes(file)
	not mode.others_write(file)
	not mode.group_writes(file)
}

# Only root and those it shares its group with; what OpenShift asks images for.
rated(file, hit) := result.rated(hit, "medium") if root_group_only(file)

rated(file, hit) := hit if not root_group_only(file)

root_group_only(file) if {
	file.uid == 0
	file.gid == 0
	not mode.others_write(file)
}

expected contains message if {
	some file in noted.visible(input.files, "system-writable")
	is_usual(file)
	message := sprintf("%s runs as its owner %d, which may write it", [file.path, file.uid])
}

deny contains hit if some hit in hits

# The document lists only so many files of a kind.
deny contains result.at("files.system-writable", message) if {
	count(hits) > 0
	message := origin.unlisted(
		input.files, input.file_counts, "system-writable", "files of the system that others than root may write",
	)
}

not_assessed contains message if {
	message := origin.unlisted(
		input.files, input.file_counts, "system-writable", "files of the system that others than root may write",
	)
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
