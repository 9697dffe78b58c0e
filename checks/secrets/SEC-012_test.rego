package plimsoll.checks.sec_012_test

import data.plimsoll.checks.sec_012
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

# A finding of the report as the document lists it.
found(id, more) := object.union(
	{
		"id": id, "title": "A finding", "fingerprint": "f1", "place": "app/x", "path": "app/x", "layer": 1, "base": false,
		"muted": false, "hidden": false, "severity": "high", "aliases": [],
	},
	more,
)

with_file(file, secrets) := {
	"files": {"environment-file": [file]},
	"file_counts": {"environment-file": 1},
	"secrets": secrets,
	"gaps": [],
	"certificates": [],
}

test_denies_one if {
	some hit in sec_012.deny with input as with_file(entry("app/.env", "0644"), [])
	hit.message == "app/.env holds the settings of an environment"
}

test_allows_a_file_whose_secret_is_told if {
	count(sec_012.deny) == 0 with input as with_file(entry("app/.env", "0644"), [found("SEC-007", {"path": "app/.env"})])
}

test_allows_empty_ones_and_those_of_packages if {
	every file in [object.union(entry("app/.env", "0644"), {"size": 0}), entry("app/node_modules/x/.env", "0644")] {
		count(sec_012.deny) == 0 with input as with_file(file, [])
	}
}
