package plimsoll.checks.fs_011_test

import data.plimsoll.checks.fs_011
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_one if {
	count(fs_011.deny) == 1 with input as {"files": {"authorized-keys": [entry("root/.ssh/authorized_keys", "0600")]}}
}

test_says_when_it_is_removed_later if {
	file := object.union(entry("home/app/.ssh/authorized_keys", "0600"), {"hidden": true})
	some hit in fs_011.deny with input as {"files": {"authorized-keys": [file]}}
	contains(hit.message, "a later layer removes it")
}

test_tells_a_path_once if {
	paths := ["root/.ssh/authorized_keys", "app/.ssh/authorized_keys"]
	files := [object.union(entry(path, "0600"), {"hidden": layer < 3, "layer": layer}) |
		some path in paths
		some layer in [1, 2, 3]
		[path, layer] != ["app/.ssh/authorized_keys", 3]
	]
	hits := fs_011.deny with input as {"files": {"authorized-keys": files}}
	{[hit.path, hit.layer] | some hit in hits} == {[paths[0], 3], [paths[1], 1]}
}

test_allows_an_empty_one if {
	empty := object.union(entry("root/.ssh/authorized_keys", "0600"), {"size": 0})
	count(fs_011.deny) == 0 with input as {"files": {"authorized-keys": [empty]}}
}
