package plimsoll.checks.fs_021_test

import data.plimsoll.checks.fs_021
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_other_owners_and_writers if {
	files := [object.union(entry("usr/bin/tool", "0755"), {"uid": 1000}), entry("usr/lib/libx.so", "0666")]
	document := {"files": {"system-writable": files}, "file_counts": {"system-writable": 2}}
	count(fs_021.deny) == 2 with input as document
}

test_rates_the_group_root_lower if {
	document := {"files": {"system-writable": [entry("usr/bin/run", "0775")]}, "file_counts": {"system-writable": 1}}
	some hit in fs_021.deny with input as document
	hit.severity == "medium"
}

test_expects_programs_that_run_as_their_owner if {
	file := object.union(entry("usr/bin/at", "6755"), {"uid": 1, "gid": 1})
	document := {"files": {"system-writable": [file]}, "file_counts": {"system-writable": 1}}
	count(fs_021.deny) == 0 with input as document
	count(fs_021.expected) == 1 with input as document
}

test_allows_what_is_removed if {
	file := object.union(entry("usr/bin/tool", "0777"), {"hidden": true})
	count(fs_021.deny) == 0 with input as {"files": {"system-writable": [file]}, "file_counts": {"system-writable": 1}}
}

test_tells_of_those_that_are_not_listed if {
	document := {"files": {"system-writable": [entry("usr/bin/x", "0777")]}, "file_counts": {"system-writable": 8000}}
	count(fs_021.deny) == 2 with input as document
}
