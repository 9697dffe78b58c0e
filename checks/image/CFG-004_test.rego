package plimsoll.checks.cfg_004_test

import data.plimsoll.checks.cfg_004
import rego.v1

test_denies_a_low_id if {
	document := {"config": {"user": {"raw": "node", "uid": 1000, "gid": 1000}}}
	places := {hit.place | some hit in cfg_004.deny} with input as document
	places == {"config.user", "config.user.group"}
}

test_denies_what_the_parameter_names if {
	count(cfg_004.deny) == 1 with input as {"config": {"user": {"raw": "10001", "uid": 10001, "gid": 0}}}
		with data.params as {"CFG-004": {"least": 100000}}
}

test_allows_a_high_id_with_the_group_of_root if {
	document := {"config": {"user": {"raw": "10001", "uid": 10001, "gid": 0}}}
	count(cfg_004.deny) == 0 with input as document
	count(cfg_004.not_assessed) == 0 with input as document
}

test_leaves_root_to_another_check if {
	count(cfg_004.deny) == 0 with input as {"config": {"user": {"raw": "", "uid": 0, "gid": 0}}}
}

test_does_not_assess_an_unknown_name if {
	document := {"config": {"user": {"raw": "app", "uid": null, "gid": null}}}
	count(cfg_004.deny) == 0 with input as document
	count(cfg_004.not_assessed) == 1 with input as document
}
