package plimsoll.checks.pkg_001_test

import data.plimsoll.checks.pkg_001
import rego.v1

test_denies_programs if {
	places := {hit.place | some hit in pkg_001.deny} with input as {"files": {"package-manager": [
		{"path": "usr/bin/apt-get", "kind": "file", "link": "", "layer": 1, "hidden": false},
		{"path": "usr/local/bin/dnf", "kind": "file", "link": "", "layer": 2, "hidden": false},
	]}}
	places == {"usr/bin/apt-get", "usr/local/bin/dnf"}
}

test_allows_what_was_removed if {
	count(pkg_001.deny) == 0 with input as {"files": {"package-manager": [
		{"path": "usr/bin/apt-get", "kind": "file", "link": "", "layer": 1, "hidden": true},
	]}}
}

test_allows_none if {
	count(pkg_001.deny) == 0 with input as {"files": {}}
}
