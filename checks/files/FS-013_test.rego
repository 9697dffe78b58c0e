package plimsoll.checks.fs_013_test

import data.plimsoll.checks.fs_013
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_a_disk if {
	file := object.union(entry("dev/sda", "0660"), {"kind": "block-device"})
	some hit in fs_013.deny with input as {"files": {"device": [file]}}
	hit.message == "dev/sda is a block device with mode 0660"
}

test_denies_a_harmless_name_elsewhere if {
	file := object.union(entry("srv/null", "0666"), {"kind": "character-device"})
	count(fs_013.deny) == 1 with input as {"files": {"device": [file]}}
}

test_expects_null if {
	document := {"files": {"device": [object.union(entry("dev/null", "0666"), {"kind": "character-device"})]}}
	count(fs_013.deny) == 0 with input as document
	count(fs_013.expected) == 1 with input as document
}
