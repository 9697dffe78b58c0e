package plimsoll.checks.usr_004_test

import data.plimsoll.checks.usr_004
import rego.v1

root := {
	"name": "root", "uid": 0, "gid": 0, "home": "/root", "shell": "/bin/bash", "password": "locked",
	"path": "etc/passwd", "line": 1,
}

with_password(state) := {
	"users": {"accounts": [object.union(root, {"password": state})], "groups": [], "shadow": true},
	"files": {},
}

test_denies_a_hash if {
	some hit in usr_004.deny with input as with_password("hash:sha512")
	hit.message == "the account root has a password"
}

# That it is empty is for another check to say.
test_allows_others if {
	every state in ["locked", "empty"] {
		count(usr_004.deny) == 0 with input as with_password(state)
		count(usr_004.not_assessed) == 0 with input as with_password(state)
	}
}

test_does_not_assess_where_passwords_were_not_read if {
	document := {
		"users": {"accounts": [object.union(root, {"password": "unknown"})], "groups": [], "shadow": false},
		"files": {"account-file": [{"path": "etc/shadow", "kind": "file", "hidden": false}]},
	}
	count(usr_004.deny) == 0 with input as document
	count(usr_004.not_assessed) == 1 with input as document
}

# Distroless images have none.
test_allows_accounts_without_a_file_of_passwords if {
	document := {
		"users": {"accounts": [object.union(root, {"password": "unknown"})], "groups": [], "shadow": false},
		"files": {"account-file": [{"path": "etc/passwd", "kind": "file", "hidden": false}]},
	}
	count(usr_004.deny) == 0 with input as document
	count(usr_004.not_assessed) == 0 with input as document
}
