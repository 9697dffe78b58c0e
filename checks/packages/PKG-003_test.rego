package plimsoll.checks.pkg_003_test

import data.plimsoll.checks.pkg_003
import rego.v1

test_denies_programs if {
	places := {hit.place | some hit in pkg_003.deny} with input as {"files": {"download-client": [
		{"path": "usr/bin/curl", "kind": "file", "link": "", "layer": 1, "hidden": false},
		{"path": "usr/local/bin/wget", "kind": "file", "link": "", "layer": 2, "hidden": false},
	]}}
	places == {"usr/bin/curl", "usr/local/bin/wget"}
}

test_allows_what_was_removed if {
	count(pkg_003.deny) == 0 with input as {"files": {"download-client": [
		{"path": "usr/bin/curl", "kind": "file", "link": "", "layer": 1, "hidden": true},
	]}}
}

test_allows_none if {
	count(pkg_003.deny) == 0 with input as {"files": {}}
}

test_denies_an_applet if {
	some hit in pkg_003.deny with input as {"files": {"download-client": [
		{"path": "usr/bin/wget", "kind": "link", "link": "/bin/busybox", "layer": 0, "hidden": false},
	]}}
	hit.place == "usr/bin/wget"
}
