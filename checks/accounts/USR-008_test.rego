package plimsoll.checks.usr_008_test

import data.plimsoll.checks.usr_008
import rego.v1

test_denies_tools if {
	places := {hit.place | some hit in usr_008.deny} with input as {"files": {"privilege-tool": [
		{"path": "usr/bin/su", "kind": "file", "mode": 2541, "link": "", "layer": 0, "hidden": false},
		{"path": "usr/bin/sudo", "kind": "file", "mode": 2541, "link": "", "layer": 1, "hidden": false},
		{"path": "usr/bin/sudoedit", "kind": "link", "mode": 511, "link": "sudo", "layer": 1, "hidden": false},
	]}}
	places == {"usr/bin/su", "usr/bin/sudo"}
}

test_denies_an_applet if {
	some hit in usr_008.deny with input as {"files": {"privilege-tool": [
		{"path": "bin/su", "kind": "link", "mode": 511, "link": "/bin/bbsuid", "layer": 0, "hidden": false},
	]}}
	hit.message == "su is installed"
}

test_allows_one_that_was_removed if {
	count(usr_008.deny) == 0 with input as {"files": {"privilege-tool": [
		{"path": "usr/bin/sudo", "kind": "file", "mode": 2541, "link": "", "layer": 1, "hidden": true},
	]}}
}

test_allows_none if {
	count(usr_008.deny) == 0 with input as {"files": {"shell": [{"path": "bin/sh", "kind": "file", "hidden": false}]}}
}
