package plimsoll.checks.fs_022_test

import data.plimsoll.checks.fs_022
import rego.v1

test_denies_code_of_its_user if {
	document := {
		"config": {"user": {"uid": 1000}},
		"runtime_writable": [
			{"path": "app/main.py", "layer": 3, "hidden": false, "files": 3},
			{"path": "srv/run", "layer": 3, "hidden": false, "files": 1},
		],
	}
	messages := {hit.message | some hit in fs_022.deny} with input as document
	messages == {
		"app/main.py can be written by user 1000, who runs it, and so can 2 more files of code beside it",
		"srv/run can be written by user 1000, who runs it",
	}
}

test_allows_code_of_root if {
	document := {"config": {"user": {"uid": 1000}}, "runtime_writable": []}
	count(fs_022.deny) == 0 with input as document
	count(fs_022.not_assessed) == 0 with input as document
}

test_does_not_assess_root_or_an_unknown_user if {
	count(fs_022.not_assessed) == 1 with input as {"config": {"user": {"uid": 0}}, "runtime_writable": []}
	count(fs_022.not_assessed) == 1 with input as {"config": {"user": {"uid": null}}, "runtime_writable": []}
}
