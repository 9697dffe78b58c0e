package plimsoll.checks.pkg_007_test

import data.plimsoll.checks.pkg_007
import rego.v1

test_denies_programs if {
	places := {hit.place | some hit in pkg_007.deny} with input as {"files": {"debugger": [
		{"path": "usr/bin/gdb", "kind": "file", "link": "", "layer": 1, "hidden": false},
		{"path": "usr/local/bin/strace", "kind": "file", "link": "", "layer": 2, "hidden": false},
	]}}
	places == {"usr/bin/gdb", "usr/local/bin/strace"}
}

test_allows_what_was_removed if {
	count(pkg_007.deny) == 0 with input as {"files": {"debugger": [
		{"path": "usr/bin/gdb", "kind": "file", "link": "", "layer": 1, "hidden": true},
	]}}
}

test_allows_none if {
	count(pkg_007.deny) == 0 with input as {"files": {}}
}
