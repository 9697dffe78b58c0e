# METADATA
# title: Program runs with the rights of its owner or group
# description: >
#   Whoever runs a set-id program gets the rights of the file's owner or group while it runs. A flaw in it gives them
#   for good, and an image that starts as another user than root gains nothing by that.
# custom:
#   id: FS-001
#   severity: medium
#   family: files
#   input: image/v1
#   needs: [files, file_counts, os, gaps]
#   remedy: >
#     Clear the bit in the step that brings the file: `chmod u-s,g-s FILE`; or run with no new privileges.
#   aliases: [CIS-DI-0008]
#   standards:
#     nist-800-53: [AC-6, AC-6(10)]
#     nist-800-190: [4.1.2]
#     cis-docker: ["4.8"]
#     disa-container: [CCI-002235b]
#     fedramp: [hardened-images]
#     iso-27001: [A.8.9]
#     pod-security-restricted: [image-ready]
package plimsoll.checks.fs_001

import data.plimsoll.lib.gap
import data.plimsoll.lib.mode
import data.plimsoll.lib.noted
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import data.plimsoll.lib.set_id
import rego.v1

hits contains result.file(file, message) if {
	some file in set_id_files
	not set_id.is_usual(distribution, file)
	# FS-002 tells those.
	not set_id.is_general(file)
	message := sprintf("%s has mode %s and runs as %s", [file.path, file.octal, whom(file)])
}

expected contains message if {
	some file in set_id_files
	set_id.is_usual(distribution, file)
	message := sprintf("%s has mode %s, as the distribution ships it", [file.path, file.octal])
}

# A file with both bits is in both lists.
set_id_files := {file |
	some topic in ["setuid", "setgid"]
	some file in noted.visible(input.files, topic)
}

distribution := object.get(input.os, "id", null)

whom(file) := sprintf("user %d", [file.uid]) if mode.owner_becomes(file)

whom(file) := sprintf("group %d", [file.gid]) if not mode.owner_becomes(file)

deny contains hit if some hit in hits

# The document lists only so many files of a kind.
deny contains result.at("files.setuid", message) if {
	count(hits) > 0
	message := origin.unlisted(input.files, input.file_counts, "setuid", "programs that run as their owner")
}

not_assessed contains message if {
	message := origin.unlisted(input.files, input.file_counts, "setuid", "programs that run as their owner")
}

# The document lists only so many files of a kind.
deny contains result.at("files.setgid", message) if {
	count(hits) > 0
	message := origin.unlisted(input.files, input.file_counts, "setgid", "programs that run as their group")
}

not_assessed contains message if {
	message := origin.unlisted(input.files, input.file_counts, "setgid", "programs that run as their group")
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
