package plimsoll.checks.pkg_004_test

import data.plimsoll.checks.pkg_004
import rego.v1

test_denies_programs if {
	places := {hit.place | some hit in pkg_004.deny} with input as {"files": {"network-tool": [
		{"path": "usr/bin/nmap", "kind": "file", "link": "", "layer": 1, "hidden": false},
		{"path": "usr/local/bin/socat", "kind": "file", "link": "", "layer": 2, "hidden": false},
	]}}
	places == {"usr/bin/nmap", "usr/local/bin/socat"}
}

test_allows_what_was_removed if {
	count(pkg_004.deny) == 0 with input as {"files": {"network-tool": [
		{"path": "usr/bin/nmap", "kind": "file", "link": "", "layer": 1, "hidden": true},
	]}}
}

test_allows_none if {
	count(pkg_004.deny) == 0 with input as {"files": {}}
}

test_rates_applets_low if {
	some hit in pkg_004.deny with input as {"files": {"network-tool": [
		{"path": "usr/bin/nc", "kind": "link", "link": "/bin/busybox", "layer": 0, "hidden": false},
	]}}
	hit.severity == "low"
}

# The SSH client is the alternative for rlogin in Debian.
test_allows_alternatives if {
	count(pkg_004.deny) == 0 with input as {"files": {"network-tool": [
		{"path": "usr/bin/rlogin", "kind": "link", "link": "/etc/alternatives/rlogin", "layer": 0, "hidden": false},
	]}}
}
