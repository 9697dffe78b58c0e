package plimsoll.checks.pkg_002_test

import data.plimsoll.checks.pkg_002
import rego.v1

test_denies_programs if {
	places := {hit.place | some hit in pkg_002.deny} with input as {"files": {"shell": [
		{"path": "usr/bin/bash", "kind": "file", "link": "", "layer": 1, "hidden": false},
		{"path": "usr/local/bin/zsh", "kind": "file", "link": "", "layer": 2, "hidden": false},
	]}}
	places == {"usr/bin/bash", "usr/local/bin/zsh"}
}

test_allows_what_was_removed if {
	count(pkg_002.deny) == 0 with input as {"files": {"shell": [
		{"path": "usr/bin/bash", "kind": "file", "link": "", "layer": 1, "hidden": true},
	]}}
}

test_allows_none if {
	count(pkg_002.deny) == 0 with input as {"files": {}}
}

test_tells_a_shell_once if {
	places := {hit.place | some hit in pkg_002.deny} with input as {"files": {"shell": [
		{"path": "usr/bin/dash", "kind": "file", "link": "", "layer": 0, "hidden": false},
		{"path": "usr/bin/sh", "kind": "link", "link": "dash", "layer": 0, "hidden": false},
	]}}
	places == {"usr/bin/dash"}
}
