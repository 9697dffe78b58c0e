package plimsoll.checks.fs_023_test

import data.plimsoll.checks.fs_023
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_one if {
	some hit in fs_023.deny with input as {"files": {"service-manager": [entry("usr/sbin/cron", "0755")]}}
	hit.message == "cron, which starts other programs, is installed"
}

test_allows_applets if {
	file := object.union(entry("usr/sbin/crond", "0777"), {"kind": "link", "link": "/bin/busybox"})
	count(fs_023.deny) == 0 with input as {"files": {"service-manager": [file]}}
}
