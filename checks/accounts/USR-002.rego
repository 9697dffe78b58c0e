# METADATA
# title: Two accounts or groups share an id or a name
# description: >
#   Files and processes belong to ids. Two accounts of one id are one account with two names, and nothing tells who did
#   what.
# custom:
#   id: USR-002
#   severity: medium
#   family: accounts
#   input: image/v1
#   needs: [users.accounts, users.groups]
#   remedy: Give each account and group an id and a name of its own.
#   aliases: [DKL-LI-0002]
#   standards:
#     nist-800-53: [AC-6]
#     disa-container: [operating-system]
package plimsoll.checks.usr_002

import data.plimsoll.lib.result
import rego.v1

# More than one account with the id of root is USR-003's matter.
deny contains told(sprintf("user id %d", [uid]), names) if {
	some uid in {entry.uid | some entry in input.users.accounts}
	uid != 0
	names := [entry.name | some entry in input.users.accounts; entry.uid == uid]
	count({name | some name in names}) > 1
}

deny contains told(sprintf("group id %d", [gid]), names) if {
	some gid in {entry.gid | some entry in input.users.groups}
	names := [entry.name | some entry in input.users.groups; entry.gid == gid]
	count({name | some name in names}) > 1
}

deny contains result.at(sprintf("account %s", [name]), message) if {
	some name in {entry.name | some entry in input.users.accounts}
	times := count([entry | some entry in input.users.accounts; entry.name == name])
	times > 1
	message := sprintf("%d accounts are called %s", [times, name])
}

deny contains result.at(sprintf("group %s", [name]), message) if {
	some name in {entry.name | some entry in input.users.groups}
	times := count([entry | some entry in input.users.groups; entry.name == name])
	times > 1
	message := sprintf("%d groups are called %s", [times, name])
}

told(place, names) := result.at(place, sprintf("%s is that of %s", [place, concat(", ", names)]))
