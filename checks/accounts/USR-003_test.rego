package plimsoll.checks.usr_003_test

import data.plimsoll.checks.usr_003
import rego.v1

accounts(names) := {"users": {"accounts": [entry |
	some index, name in names
	entry := {"name": name, "uid": 0, "gid": 0, "path": "etc/passwd", "line": index + 1}
]}}

test_denies_another_root if {
	hits := usr_003.deny with input as accounts(["root", "toor"])
	{hit.place | some hit in hits} == {"account toor"}
}

test_tells_each_of_several if {
	hits := usr_003.deny with input as accounts(["b", "a", "c"])
	{hit.message | some hit in hits} == {
		"the account a has user id 0, as b has",
		"the account b has user id 0, as a has",
		"the account c has user id 0, as a has",
	}
}

test_allows_one_root if {
	count(usr_003.deny) == 0 with input as accounts(["root"])
	count(usr_003.deny) == 0 with input as accounts(["admin"])
}

test_allows_other_accounts if {
	count(usr_003.deny) == 0 with input as {"users": {"accounts": [
		{"name": "root", "uid": 0, "gid": 0},
		{"name": "sync", "uid": 5, "gid": 0},
	]}}
}
