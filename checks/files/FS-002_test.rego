package plimsoll.checks.fs_002_test

import data.plimsoll.checks.fs_002
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

test_denies_interpreters_with_a_version if {
	files := {
		"setuid": [entry("usr/bin/python3.11", "4755"), entry("usr/bin/vim.basic", "4755"), entry("bin/bash", "6755")],
	}
	count(fs_002.deny) == 3 with input as {"files": files}
}

test_rates_the_group_lower if {
	some hit in fs_002.deny with input as {"files": {"setgid": [entry("usr/bin/less", "2755")]}}
	hit.severity == "high"
}

test_allows_programs_that_choose_what_they_do if {
	files := {
		"setuid": [entry("usr/bin/passwd", "4755"), entry("bin/bbsuid", "4111"), entry("usr/bin/sudo", "4755")],
		"setgid": [entry("usr/bin/ssh-agent", "2755")],
	}
	count(fs_002.deny) == 0 with input as {"files": files}
}
