package plimsoll.checks.fs_015_test

import data.plimsoll.checks.fs_015
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

folder(location) := object.union(entry(location, "0755"), {"kind": "folder"})

test_denies_one if {
	document := {"files": {"version-control": [folder("app/.git")]}, "file_counts": {"version-control": 1}}
	some hit in fs_015.deny with input as document
	not hit.severity
}

test_denies_one_that_is_removed_later if {
	file := object.union(folder("app/.git"), {"hidden": true})
	some hit in fs_015.deny with input as {"files": {"version-control": [file]}, "file_counts": {"version-control": 1}}
	contains(hit.message, "a later layer removes it")
}

test_rates_cvs_low if {
	some hit in fs_015.deny
		with input as {"files": {"version-control": [folder("srv/CVS")]}, "file_counts": {"version-control": 1}}
	hit.severity == "low"
}

test_expects_those_of_packages if {
	document := {"files": {"version-control": [folder("app/node_modules/x/.git")]}, "file_counts": {"version-control": 1}}
	count(fs_015.deny) == 0 with input as document
	count(fs_015.expected) == 1 with input as document
}
