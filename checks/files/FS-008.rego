# METADATA
# title: Account files can be changed by others than root
# description: >
#   One line that is added to `etc/passwd` makes its writer root at the next login or `su`.
# custom:
#   id: FS-008
#   severity: high
#   family: files
#   input: image/v1
#   needs: [files, gaps]
#   remedy: >
#     `chown root:root` and `chmod 0644` the file. Where arbitrary user ids need a line in it (OpenShift), set
#     `params.root_group` to allow the group root.
#   standards:
#     nist-800-53: [CM-6]
#     pci-dss: [2.2.1]
#     disa-container: [operating-system]
#     fedramp: [hardened-images]
#     eu-cra: [I-I-2-d]
#   params:
#     root_group: false
package plimsoll.checks.fs_008

import data.plimsoll.lib.gap
import data.plimsoll.lib.mode
import data.plimsoll.lib.noted
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in noted.visible(input.files, "account-file")
	file.kind == "file"
	message := sprintf(
		"%s has mode %s, owner %d and group %d: %s",
		[file.path, file.octal, file.uid, file.gid, writers(file)],
	)
}

writers(file) := "everybody may write it" if mode.others_write(file)

writers(file) := "its group may write it" if {
	not mode.others_write(file)
	mode.group_writes(file)
	not allowed(file)
}

writers(file) := "it does not belong to root" if {
	file.uid != 0
	not mode.others_write(file)
	not mode.group_writes(file)
}

expected contains message if {
	some file in noted.visible(input.files, "account-file")
	mode.group_writes(file)
	not mode.others_write(file)
	allowed(file)
	message := sprintf("%s may be written by the group root", [file.path])
}

allowed(file) if {
	data.params["FS-008"].root_group == true
	file.gid == 0
	file.uid == 0
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
