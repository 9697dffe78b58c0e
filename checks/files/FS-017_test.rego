package plimsoll.checks.fs_017_test

import data.plimsoll.checks.fs_017
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_one if {
	count(fs_017.deny) == 1 with input as {"files": {"dump": [entry("app/java_pid1.hprof", "0600")]}}
}

test_says_when_it_is_removed_later if {
	some hit in fs_017.deny with input as {"files": {"dump": [object.union(entry("core.1234", "0600"), {"hidden": true})]}}
	contains(hit.message, "a later layer removes it")
}

test_allows_test_data_of_packages if {
	count(fs_017.deny) == 0 with input as {"files": {"dump": [entry("app/node_modules/minidump/test/x.dmp", "0644")]}}
}
