package plimsoll.checks.fs_016_test

import data.plimsoll.checks.fs_016
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_one if {
	document := {
		"files": {"developer-leftover": [entry("app/docker-compose.yml", "0644")]}, "file_counts": {"developer-leftover": 1},
	}
	some hit in fs_016.deny with input as document
	hit.message == "app/docker-compose.yml was left in the image"
}

test_allows_those_of_packages if {
	files := [
		entry("app/node_modules/x/.DS_Store", "0644"),
		entry("usr/local/lib/python3.12/site-packages/x/Dockerfile", "0644"),
	]
	count(fs_016.deny) == 0
		with input as {"files": {"developer-leftover": files}, "file_counts": {"developer-leftover": 2}}
}
