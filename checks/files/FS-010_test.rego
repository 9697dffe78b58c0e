package plimsoll.checks.fs_010_test

import data.plimsoll.checks.fs_010
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_one if {
	some hit in fs_010.deny with input as {"files": {"host-key": [entry("etc/ssh/ssh_host_ed25519_key", "0600")]}}
	hit.message == "etc/ssh/ssh_host_ed25519_key is the private key of a host"
}

test_denies_one_that_is_removed_later_and_says_so if {
	file := object.union(entry("etc/ssh/ssh_host_rsa_key", "0600"), {"hidden": true})
	some hit in fs_010.deny with input as {"files": {"host-key": [file]}}
	contains(hit.message, "a later layer removes it")
	hit.hidden
}

test_allows_none_empty_ones_and_test_data if {
	empty := object.union(entry("etc/ssh/ssh_host_rsa_key", "0600"), {"size": 0})
	sample := entry("usr/lib/python3/dist-packages/tests/ssh_host_rsa_key", "0644")
	count(fs_010.deny) == 0 with input as {"files": {"host-key": [empty, sample]}}
	count(fs_010.deny) == 0 with input as {"files": {}}
}
