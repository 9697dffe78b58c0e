package plimsoll.checks.fs_019_test

import data.plimsoll.checks.fs_019
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_what_the_build_left if {
	document := {
		"files": {"log": [entry("var/log/dpkg.log", "0644")], "temporary": [entry("tmp/build.tar", "0644")]},
		"file_counts": {"log": 1, "temporary": 1},
	}
	count(fs_019.deny) == 2 with input as document
}

test_expects_logs_of_the_base if {
	document := {
		"files": {"log": [object.union(entry("var/log/dpkg.log", "0644"), {"layer": 0})]}, "file_counts": {"log": 1},
	}
	count(fs_019.deny) == 0 with input as document
	count(fs_019.expected) == 1 with input as document
}

test_tells_of_those_that_are_not_listed if {
	document := {"files": {"temporary": [entry("tmp/x", "0644")]}, "file_counts": {"temporary": 7000}}
	count(fs_019.deny) == 2 with input as document
}
