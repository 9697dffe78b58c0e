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
#     disa-container: [operating-system]
package plimsoll.checks.usr_002

import data.plimsoll.lib.result
import rego.v1

# More than one account with the id of root is USR-003's matter.
deny contains told(sprintf("user id %d", [uid]), names) if {
	some run in runs([[entry.uid, entry.name] | some entry in input.users.accounts])
	uid := run[0][0]
	uid != 0
	names := distinct(run)
	count(names) > 1
}

deny contains told(sprintf("group id %d", [gid]), names) if {
	some run in runs([[entry.gid, entry.name] | some entry in input.users.groups])
	gid := run[0][0]
	names := distinct(run)
	count(names) > 1
}

deny contains result.at(sprintf("account %s", [name]), message) if {
	some run in runs([[entry.name, object.get(entry, "line", 0)] | some entry in input.users.accounts])
	count(run) > 1
	name := run[0][0]
	message := sprintf("%d accounts are called %s", [count(run), name])
}

deny contains result.at(sprintf("group %s", [name]), message) if {
	some run in runs([[entry.name, object.get(entry, "line", 0)] | some entry in input.users.groups])
	count(run) > 1
	name := run[0][0]
	message := sprintf("%d groups are called %s", [count(run), name])
}

# Pairs with the same first part, of all pairs.
runs(pairs) := [array.slice(ordered, start, bounds[number + 1]) |
	ordered := sort(pairs)
	begins := [at | some at, pair in ordered; is_new(ordered, at, pair)]
	bounds := array.concat(begins, [count(ordered)])
	some number, start in begins
]

is_new(_, at, _) if at == 0

is_new(ordered, at, pair) if {
	at > 0
	ordered[at - 1][0] != pair[0]
}

# The first ones stand for all.
distinct(run) := array.slice([name | some name in {pair[1] | some pair in run}], 0, 100)

told(place, names) := result.at(place, sprintf("%s is that of %s", [place, concat(", ", names)]))
