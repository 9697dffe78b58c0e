package plimsoll.checks.fs_001_test

import data.plimsoll.checks.fs_001
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

debian := {"id": "debian", "version": "12"}

test_denies_one_that_a_later_layer_brings if {
	document := {"os": debian, "files": {"setuid": [entry("usr/bin/gotop", "4755")]}, "file_counts": {"setuid": 1}}
	some hit in fs_001.deny with input as document
	hit.message == "usr/bin/gotop has mode 4755 and runs as user 0"
	hit.layer == 2
	count(fs_001.expected) == 0 with input as document
}

test_denies_a_usual_one_that_a_later_layer_brings if {
	document := {"os": debian, "files": {"setuid": [entry("usr/bin/su", "4755")]}, "file_counts": {"setuid": 1}}
	count(fs_001.deny) == 1 with input as document
}

test_denies_a_usual_name_in_another_place_of_the_base if {
	file := object.union(entry("opt/bin/su", "4755"), {"base": true})
	count(fs_001.deny) == 1 with input as {"os": debian, "files": {"setuid": [file]}, "file_counts": {"setuid": 1}}
}

test_expects_what_debian_ships if {
	files := [
		object.union(entry("bin/su", "4755"), {"base": true, "layer": 0}),
		object.union(entry("usr/bin/passwd", "4755"), {"layer": 0}),
	]
	groups := [object.union(entry("usr/sbin/unix_chkpwd", "2755"), {"gid": 42, "layer": 0})]
	document := {
		"os": debian,
		"files": {"setuid": files, "setgid": groups},
		"file_counts": {"setuid": 2, "setgid": 1},
	}
	count(fs_001.deny) == 0 with input as document
	count(fs_001.expected) == 3 with input as document
	count(fs_001.not_assessed) == 0 with input as document
}

test_tells_a_file_with_both_bits_once if {
	file := entry("srv/at", "6755")
	document := {"os": debian, "files": {"setuid": [file], "setgid": [file]}, "file_counts": {"setuid": 1, "setgid": 1}}
	count(fs_001.deny) == 1 with input as document
}

test_allows_a_file_that_is_removed if {
	file := object.union(entry("usr/bin/gotop", "4755"), {"hidden": true})
	count(fs_001.deny) == 0 with input as {"os": debian, "files": {"setuid": [file]}, "file_counts": {"setuid": 1}}
}

test_does_not_pass_on_a_layer_that_was_not_read if {
	gap := {"blind": true, "location": "layer 3", "reason": "unreadable", "message": "layer 3 could not be read"}
	count(fs_001.not_assessed) == 1 with input as {"os": debian, "files": {}, "file_counts": {}, "gaps": [gap]}
	data_ := object.union(gap, {"reason": "data-missing"})
	count(fs_001.not_assessed) == 0 with input as {"os": debian, "files": {}, "file_counts": {}, "gaps": [data_]}
}

test_tells_of_those_that_are_not_listed if {
	document := {"os": debian, "files": {"setuid": [entry("a", "4755")]}, "file_counts": {"setuid": 900}}
	count(fs_001.deny) == 2 with input as document
	count(fs_001.not_assessed) == 1 with input as document
}
