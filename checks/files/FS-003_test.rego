package plimsoll.checks.fs_003_test

import data.plimsoll.checks.fs_003
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

with_capabilities(path, names) := object.union(entry(path, "0755"), {"capabilities": names})

test_denies_one_that_is_as_good_as_root if {
	document := {"os": {"id": "debian"}, "files": {"capabilities": [with_capabilities("usr/bin/tool", ["sys_ptrace"])]}}
	some hit in fs_003.deny with input as document
	not hit.severity
	hit.message == "usr/bin/tool gives sys_ptrace to whoever runs it"
}

test_rates_a_low_port_low if {
	document := {"os": {"id": "debian"}, "files": {"capabilities": [with_capabilities("caddy", ["net_bind_service"])]}}
	some hit in fs_003.deny with input as document
	hit.severity == "low"
}

test_expects_what_red_hat_ships if {
	file := object.union(with_capabilities("usr/bin/newuidmap", ["setuid"]), {"base": true, "layer": 0})
	document := {"os": {"id": "rhel"}, "files": {"capabilities": [file]}}
	count(fs_003.deny) == 0 with input as document
	count(fs_003.expected) == 1 with input as document
}

test_denies_the_same_without_a_distribution if {
	file := object.union(with_capabilities("usr/bin/newuidmap", ["setuid"]), {"base": true, "layer": 0})
	count(fs_003.deny) == 1 with input as {"os": {"id": null}, "files": {"capabilities": [file]}}
}
