package plimsoll.checks.fs_012_test

import data.plimsoll.checks.fs_012
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_a_client_and_a_socket if {
	files := {"engine-client": [entry("usr/bin/docker", "0755")], "engine-socket": [entry("var/run/docker.sock", "0660")]}
	count(fs_012.deny) == 2 with input as {"files": files}
}

test_allows_others_and_what_is_removed if {
	removed := object.union(entry("usr/bin/docker", "0755"), {"hidden": true})
	files := {"engine-client": [removed], "shell": [entry("bin/sh", "0755")]}
	count(fs_012.deny) == 0 with input as {"files": files}
}
