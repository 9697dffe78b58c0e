package plimsoll.checks.usr_002_test

import data.plimsoll.checks.usr_002
import rego.v1

debian := [
	{"name": "root", "uid": 0, "gid": 0},
	{"name": "daemon", "uid": 1, "gid": 1},
	{"name": "sync", "uid": 4, "gid": 65534},
	{"name": "nobody", "uid": 65534, "gid": 65534},
	{"name": "_apt", "uid": 42, "gid": 65534},
]

groups := [{"name": "root", "gid": 0}, {"name": "daemon", "gid": 1}, {"name": "nogroup", "gid": 65534}]

test_denies_a_shared_id if {
	accounts := array.concat(debian, [{"name": "app", "uid": 1, "gid": 1}])
	some hit in usr_002.deny with input as {"users": {"accounts": accounts, "groups": groups}}
	hit.message == "user id 1 is that of app, daemon"
}

test_denies_a_shared_group_id_and_names if {
	document := {"users": {
		"accounts": array.concat(debian, [{"name": "daemon", "uid": 1000, "gid": 1000}]),
		"groups": array.concat(groups, [{"name": "wheel", "gid": 0}, {"name": "daemon", "gid": 7}]),
	}}
	places := {hit.place | some hit in usr_002.deny} with input as document
	places == {"account daemon", "group daemon", "group id 0"}
}

test_allows_the_accounts_of_debian if {
	count(usr_002.deny) == 0 with input as {"users": {"accounts": debian, "groups": groups}}
}

test_leaves_a_second_root_to_another_check if {
	accounts := array.concat(debian, [{"name": "toor", "uid": 0, "gid": 0}])
	count(usr_002.deny) == 0 with input as {"users": {"accounts": accounts, "groups": groups}}
}
