# METADATA
# title: Shell, interpreter or editor runs with the rights of root
# description: >
#   Such a program does whatever its user asks for. With the set-user-id bit of root nothing is left to break into: one
#   command makes any user of the container root.
# custom:
#   id: FS-002
#   severity: critical
#   family: files
#   input: image/v1
#   needs: [files, gaps]
#   remedy: >
#     Clear the bit: `chmod u-s,g-s FILE`.
#   standards:
#     nist-800-53: [AC-6, AC-6(10)]
#     cis-docker: ["4.8"]
#     disa-container: [CCI-002235b]
package plimsoll.checks.fs_002

import data.plimsoll.lib.gap
import data.plimsoll.lib.mode
import data.plimsoll.lib.noted
import data.plimsoll.lib.result
import data.plimsoll.lib.set_id
import rego.v1

deny contains result.file(file, message) if {
	some file in noted.visible(input.files, "setuid")
	file.uid == 0
	set_id.is_general(file)
	message := sprintf("%s has mode %s: whoever runs it is root", [file.path, file.octal])
}

deny contains result.rated(result.file(file, message), "high") if {
	some file in noted.visible(input.files, "setuid")
	file.uid != 0
	set_id.is_general(file)
	message := sprintf("%s has mode %s: whoever runs it is user %d", [file.path, file.octal, file.uid])
}

deny contains result.rated(result.file(file, message), "high") if {
	some file in noted.visible(input.files, "setgid")
	not mode.owner_becomes(file)
	set_id.is_general(file)
	message := sprintf("%s has mode %s: whoever runs it has group %d", [file.path, file.octal, file.gid])
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
