package plimsoll.checks.fs_006_test

import data.plimsoll.checks.fs_006
import rego.v1

users := {
	"accounts": [{"name": "root", "uid": 0, "gid": 0}, {"name": "app", "uid": 1000, "gid": 1000}],
	"groups": [{"name": "app", "gid": 1000}],
}

owner(uid, gid) := {"uid": uid, "gid": gid, "files": 12, "path": "app/main", "layer": 3, "base": false}

test_denies_numbers_without_an_account if {
	some hit in fs_006.deny with input as {"users": users, "owners": [owner(501, 20)]}
	hit.message == "user id 501 has no account, and owns app/main and others (12 in all)"
}

test_denies_numbers_without_a_group if {
	count(fs_006.deny) == 1 with input as {"users": users, "owners": [owner(1000, 20)]}
}

test_allows_owners_that_exist if {
	count(fs_006.deny) == 0 with input as {"users": users, "owners": [owner(0, 0), owner(1000, 1000), owner(1000, 0)]}
}
