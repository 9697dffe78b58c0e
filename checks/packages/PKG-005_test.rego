package plimsoll.checks.pkg_005_test

import data.plimsoll.checks.pkg_005
import rego.v1

test_denies_programs if {
	places := {hit.place | some hit in pkg_005.deny} with input as {"files": {"legacy-server": [
		{"path": "usr/bin/in.telnetd", "kind": "file", "link": "", "layer": 1, "hidden": false},
		{"path": "usr/local/bin/vsftpd", "kind": "file", "link": "", "layer": 2, "hidden": false},
	]}}
	places == {"usr/bin/in.telnetd", "usr/local/bin/vsftpd"}
}

test_allows_what_was_removed if {
	count(pkg_005.deny) == 0 with input as {"files": {"legacy-server": [
		{"path": "usr/bin/in.telnetd", "kind": "file", "link": "", "layer": 1, "hidden": true},
	]}}
}

test_allows_none if {
	count(pkg_005.deny) == 0 with input as {"files": {}}
}

test_rates_applets_low if {
	some hit in pkg_005.deny with input as {"files": {"legacy-server": [
		{"path": "usr/sbin/telnetd", "kind": "link", "link": "/bin/busybox-extras", "layer": 0, "hidden": false},
	]}}
	hit.severity == "low"
}
