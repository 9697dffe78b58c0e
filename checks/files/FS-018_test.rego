package plimsoll.checks.fs_018_test

import data.plimsoll.checks.fs_018
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_one if {
	some hit in fs_018.deny with input as {"files": {"history": [entry("root/.bash_history", "0600")]}}
	hit.message == "root/.bash_history remembers what was typed"
}

test_says_when_it_is_removed_later if {
	some hit in fs_018.deny
		with input as {"files": {"history": [object.union(entry("root/.psql_history", "0600"), {"hidden": true})]}}
	contains(hit.message, "a later layer removes it")
}

test_allows_an_empty_one if {
	count(fs_018.deny) == 0
		with input as {"files": {"history": [object.union(entry("root/.bash_history", "0600"), {"size": 0})]}}
}
