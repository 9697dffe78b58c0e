package plimsoll.checks.fs_014_test

import data.plimsoll.checks.fs_014
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_one if {
	some hit in fs_014.deny with input as {"files": {"escape": [entry("../../etc/cron.d/x", "0644")]}}
	hit.message == "../../etc/cron.d/x leads out of the image"
}

test_tells_the_target_of_a_link if {
	file := object.union(entry("app/x", "0777"), {"kind": "hard-link", "link": "../../etc/shadow"})
	some hit in fs_014.deny with input as {"files": {"escape": [file]}}
	endswith(hit.message, "to ../../etc/shadow")
}

test_allows_none if {
	count(fs_014.deny) == 0 with input as {"files": {"setuid": [entry("bin/su", "4755")]}}
}
