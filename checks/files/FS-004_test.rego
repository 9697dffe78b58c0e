package plimsoll.checks.fs_004_test

import data.plimsoll.checks.fs_004
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_one if {
	document := {"files": {"world-writable": [entry("app/config.json", "0666")]}, "file_counts": {"world-writable": 1}}
	some hit in fs_004.deny with input as document
	hit.message == "app/config.json has mode 0666"
}

test_allows_folders_and_what_is_removed if {
	files := [object.union(entry("app", "0777"), {"kind": "folder"}), object.union(entry("x", "0666"), {"hidden": true})]
	document := {"files": {"world-writable": files}, "file_counts": {"world-writable": 2}}
	count(fs_004.deny) == 0 with input as document
	count(fs_004.not_assessed) == 0 with input as document
}

test_tells_the_true_number if {
	document := {"files": {"world-writable": [entry("app/x", "0777")]}, "file_counts": {"world-writable": 41000}}
	some hit in fs_004.deny with input as document
	hit.place == "files.world-writable"
	contains(hit.message, "41000")
}

test_does_not_pass_on_a_part_of_the_list if {
	files := [object.union(entry("app", "0777"), {"kind": "folder"})]
	document := {"files": {"world-writable": files}, "file_counts": {"world-writable": 501}}
	count(fs_004.deny) == 0 with input as document
	count(fs_004.not_assessed) == 1 with input as document
}
