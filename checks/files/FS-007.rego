# METADATA
# title: Hashes of passwords can be read
# description: >
#   Whoever reads the hashes can try passwords on a machine of their own, as long and as fast as they like.
# custom:
#   id: FS-007
#   severity: high
#   family: files
#   input: image/v1
#   needs: [files, gaps]
#   optional: [users]
#   remedy: >
#     `chmod 0640` the file and give it to root and the group shadow, or `chmod 0` it.
#   standards:
#     nist-800-53: [CM-6, IA-5]
#     pci-dss: [2.2.1, 8.3.2]
#     disa-container: [operating-system]
#     fedramp: [hardened-images]
#     eu-cra: [I-I-2-d]
package plimsoll.checks.fs_007

import data.plimsoll.lib.gap
import data.plimsoll.lib.mode
import data.plimsoll.lib.noted
import data.plimsoll.lib.result
import rego.v1

deny contains rated(file, message) if {
	some file in noted.visible(input.files, "account-file")
	file.path in {"etc/shadow", "etc/shadow-", "etc/gshadow", "etc/gshadow-"}
	file.kind == "file"
	file.size > 0
	message := sprintf("%s has mode %s and group %d: %s", [file.path, file.octal, file.gid, readers(file)])
}

readers(file) := "everybody may read it" if mode.others_read(file)

readers(file) := "more than root and shadow may read it" if {
	not mode.others_read(file)
	mode.group_reads(file)
	gid := file.gid
	not gid in trusted_groups
}

# Numbers of the group shadow in Debian and Alpine and in SUSE, for images without a list of groups.
trusted_groups := {0, 15, 42} | {group.gid |
	some group in object.get(users, "groups", [])
	group.name == "shadow"
}

users := object.get(input, "users", {})

accounts := object.get(users, "accounts", [])

# There is nothing to try passwords on when every account is locked.
rated(file, message) := result.rated(result.file(file, whole), "low") if {
	locked
	whole := sprintf("%s; no account has a password now", [message])
}

rated(file, message) := result.file(file, message) if not locked

locked if {
	count(accounts) > 0
	every account in accounts {
		account.password == "locked"
	}
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
