package plimsoll.checks.fs_008_test

import data.plimsoll.checks.fs_008
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

passwd(octal, more) := {"account-file": [object.union(entry("etc/passwd", octal), more)]}

test_denies_other_writers if {
	every files in [passwd("0666", {}), passwd("0664", {}), passwd("0644", {"uid": 1000})] {
		count(fs_008.deny) == 1 with input as {"files": files}
			with data.params as {"FS-008": {"root_group": false}}
	}
}

test_expects_the_group_root_where_it_is_allowed if {
	document := {"files": passwd("0664", {})}
	count(fs_008.deny) == 0 with input as document with data.params as {"FS-008": {"root_group": true}}
	count(fs_008.expected) == 1 with input as document with data.params as {"FS-008": {"root_group": true}}
}

test_allows_what_distributions_ship if {
	files := {"account-file": [
		entry("etc/passwd", "0644"), entry("etc/group-", "0600"), entry("etc/gshadow", "0000"),
		object.union(entry("etc/shadow", "0640"), {"gid": 42}),
	]}
	count(fs_008.deny) == 0 with input as {"files": files} with data.params as {"FS-008": {"root_group": false}}
}
