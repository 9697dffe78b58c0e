package plimsoll.checks.usr_001_test

import data.plimsoll.checks.usr_001
import rego.v1

root := {
	"name": "root", "uid": 0, "gid": 0, "home": "/root", "shell": "/bin/bash", "password": "locked",
	"path": "etc/passwd", "line": 1,
}

with_password(state) := {
	"users": {"accounts": [object.union(root, {"password": state})], "groups": [], "shadow": true},
	"files": {},
}

test_denies_an_empty_password if {
	some hit in usr_001.deny with input as with_password("empty")
	hit.place == "account root"
	hit.path == "etc/passwd"
}

test_allows_others if {
	every state in ["locked", "hash:yescrypt"] {
		count(usr_001.deny) == 0 with input as with_password(state)
		count(usr_001.not_assessed) == 0 with input as with_password(state)
	}
}

test_does_not_assess_where_passwords_were_not_read if {
	document := {
		"users": {"accounts": [object.union(root, {"password": "unknown"})], "groups": [], "shadow": false},
		"files": {"account-file": [{"path": "etc/shadow", "kind": "file", "hidden": false}]},
	}
	count(usr_001.deny) == 0 with input as document
	count(usr_001.not_assessed) == 1 with input as document
}

# Distroless images have none.
test_allows_accounts_without_a_file_of_passwords if {
	document := {
		"users": {"accounts": [object.union(root, {"password": "unknown"})], "groups": [], "shadow": false},
		"files": {"account-file": [{"path": "etc/passwd", "kind": "file", "hidden": false}]},
	}
	count(usr_001.deny) == 0 with input as document
	count(usr_001.not_assessed) == 0 with input as document
}
