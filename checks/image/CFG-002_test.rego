package plimsoll.checks.cfg_002_test

import data.plimsoll.checks.cfg_002
import rego.v1

test_denies_a_name if {
	some hit in cfg_002.deny with input as {"config": {"user": {"raw": "app:web", "uid": 1000, "gid": 33}}}
	hit.message == "the configured user \"app\" is a name, not a number"
}

test_denies_a_name_without_id if {
	count(cfg_002.deny) == 1 with input as {"config": {"user": {"raw": "app", "uid": null, "gid": null}}}
}

test_allows_numbers if {
	every raw in ["10001", "10001:10001", "10001:web"] {
		count(cfg_002.deny) == 0 with input as {"config": {"user": {"raw": raw, "uid": 10001}}}
	}
}

test_leaves_root_to_another_check if {
	every raw in ["", "root", "root:root", ":web"] {
		count(cfg_002.deny) == 0 with input as {"config": {"user": {"raw": raw, "uid": 0}}}
	}
}
