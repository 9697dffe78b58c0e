package plimsoll.checks.fs_020_test

import data.plimsoll.checks.fs_020
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_both_kinds if {
	files := {"host-trust": [entry("root/.rhosts", "0600")], "credential-name": [entry("root/.netrc", "0600")]}
	count(fs_020.deny) == 2 with input as {"files": files}
}

test_says_when_it_is_removed_later if {
	file := object.union(entry("root/.netrc", "0600"), {"hidden": true})
	some hit in fs_020.deny with input as {"files": {"credential-name": [file]}}
	contains(hit.message, "a later layer removes it")
}

test_allows_empty_ones_and_other_names if {
	files := {
		"host-trust": [object.union(entry("etc/hosts.equiv", "0644"), {"size": 0})],
		"credential-name": [entry("root/.npmrc", "0600")],
	}
	count(fs_020.deny) == 0 with input as {"files": files}
}
