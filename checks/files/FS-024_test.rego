package plimsoll.checks.fs_024_test

import data.plimsoll.checks.fs_024
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

file := {"preload": [entry("etc/ld.so.preload", "0644")]}

test_denies_one_and_tells_the_library if {
	document := {"files": file, "configurations": {"etc/ld.so.preload": {"lines": ["/usr/lib/libhide.so", ""]}}}
	some hit in fs_024.deny with input as document
	hit.message == "etc/ld.so.preload loads /usr/lib/libhide.so into every program"
}

test_denies_one_that_was_not_read if {
	count(fs_024.deny) == 1 with input as {"files": file, "configurations": {}}
}

test_allows_none_and_an_empty_one if {
	count(fs_024.deny) == 0 with input as {"files": {}, "configurations": {}}
	empty := {"preload": [object.union(entry("etc/ld.so.preload", "0644"), {"size": 0})]}
	count(fs_024.deny) == 0 with input as {"files": empty, "configurations": {}}
	remarks := {"etc/ld.so.preload": {"lines": ["# /usr/lib/x.so", " "], "cut": false}}
	count(fs_024.deny) == 0 with input as {"files": file, "configurations": remarks}
}
