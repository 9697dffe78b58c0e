package plimsoll.checks.fs_030_test

import data.plimsoll.checks.fs_030
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_one if {
	document := {
		"files": {"scratch-executable": [entry("tmp/kdevtmpfsi", "0755")]}, "file_counts": {"scratch-executable": 1},
	}
	some hit in fs_030.deny with input as document
	not hit.severity
}

test_rates_one_that_is_removed_lower if {
	file := object.union(entry("tmp/install.sh", "0755"), {"hidden": true})
	some hit in fs_030.deny
		with input as {"files": {"scratch-executable": [file]}, "file_counts": {"scratch-executable": 1}}
	hit.severity == "low"
	contains(hit.message, "a later layer removes it")
}

test_allows_files_that_are_no_programs if {
	files := [
		entry("app/.next/static/page.js", "0755"),
		entry("app/node_modules/.x/tool", "0755"),
		entry("root/.gradle/wrapper/dists/gradle-8/bin/gradle", "0755"),
		object.union(entry("tmp/empty", "0755"), {"size": 0}),
	]
	count(fs_030.deny) == 0
		with input as {"files": {"scratch-executable": files}, "file_counts": {"scratch-executable": 4}}
}
