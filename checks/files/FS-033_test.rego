package plimsoll.checks.fs_033_test

import data.plimsoll.checks.fs_033
import rego.v1

test_denies_one if {
	count(fs_033.deny) == 1 with input as {"unpackaged": [{"path": "usr/local/bin/tool", "layer": 2, "hidden": false}]}
}

test_allows_none if {
	count(fs_033.deny) == 0 with input as {"unpackaged": []}
}
