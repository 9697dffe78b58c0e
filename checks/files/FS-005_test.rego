package plimsoll.checks.fs_005_test

import data.plimsoll.checks.fs_005
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

folder(path, octal) := object.union(entry(path, octal), {"kind": "folder"})

test_denies_one if {
	document := {"files": {"world-writable": [folder("srv/data", "0777")]}, "file_counts": {"world-writable": 1}}
	some hit in fs_005.deny with input as document
	hit.place == "srv/data"
}

test_allows_the_sticky_bit_and_files if {
	files := [folder("tmp", "1777"), folder("var/run/postgresql", "3777"), entry("srv/x", "0666")]
	document := {"files": {"world-writable": files}, "file_counts": {"world-writable": 3}}
	count(fs_005.deny) == 0 with input as document
	count(fs_005.not_assessed) == 0 with input as document
}
