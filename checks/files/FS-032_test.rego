package plimsoll.checks.fs_032_test

import data.plimsoll.checks.fs_032
import rego.v1

test_denies_one if {
	some hit in fs_032.deny
		with input as {"altered": [{"path": "usr/bin/ps", "layer": 2, "hidden": false, "package": "procps"}]}
	hit.message == "usr/bin/ps is not as the package procps brought it"
}

test_allows_none if {
	count(fs_032.deny) == 0 with input as {"altered": []}
}
