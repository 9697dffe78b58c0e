package plimsoll.checks.cfg_001_test

import data.plimsoll.checks.cfg_001
import rego.v1

test_denies_no_user if {
	some hit in cfg_001.deny with input as {"config": {"user": {"raw": "", "uid": 0}}}
	hit.message == "the image names no user, which is user id 0"
	hit.place == "config.user"
}

test_denies_a_name_that_is_root if {
	count(cfg_001.deny) == 1 with input as {"config": {"user": {"raw": "toor:wheel", "uid": 0, "gid": 0}}}
}

test_allows_another_user if {
	document := {"config": {"user": {"raw": "10001", "uid": 10001}}}
	count(cfg_001.deny) == 0 with input as document
	count(cfg_001.not_assessed) == 0 with input as document
}

test_does_not_assess_a_name_without_id if {
	document := {"config": {"user": {"raw": "app", "uid": null}}}
	count(cfg_001.deny) == 0 with input as document
	count(cfg_001.not_assessed) == 1 with input as document
}
