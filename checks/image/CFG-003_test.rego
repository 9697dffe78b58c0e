package plimsoll.checks.cfg_003_test

import data.plimsoll.checks.cfg_003
import rego.v1

test_denies_a_name_that_is_missing if {
	some hit in cfg_003.deny with input as {
		"config": {"user": {"raw": "app", "uid": null, "gid": null, "exists": false}},
		"files": {},
	}
	hit.message == "the image has no account \"app\""
}

test_denies_a_name_where_there_are_no_accounts if {
	count(cfg_003.deny) == 1 with input as {
		"config": {"user": {"raw": "app", "uid": null, "exists": null}},
		"files": {},
	}
}

test_denies_a_group_that_is_missing if {
	some hit in cfg_003.deny with input as {
		"config": {"user": {"raw": "10001:web", "uid": 10001, "gid": null, "exists": false}},
		"users": {"accounts": [], "groups": [{"name": "root", "gid": 0}]},
		"files": {},
	}
	hit.place == "config.user.group"
}

test_allows_numbers_without_account if {
	every exists in [true, false, null] {
		document := {"config": {"user": {"raw": "65532:65532", "uid": 65532, "exists": exists}}, "files": {}}
		count(cfg_003.deny) == 0 with input as document
		count(cfg_003.not_assessed) == 0 with input as document
	}
}

test_allows_an_account if {
	count(cfg_003.deny) == 0 with input as {
		"config": {"user": {"raw": "node", "uid": 1000, "gid": 1000, "exists": true}},
		"files": {},
	}
}

test_does_not_assess_where_accounts_were_not_read if {
	document := {
		"config": {"user": {"raw": "app", "uid": null, "exists": null}},
		"files": {"account-file": [{"path": "etc/passwd", "kind": "file", "hidden": false}]},
	}
	count(cfg_003.deny) == 0 with input as document
	count(cfg_003.not_assessed) == 1 with input as document
}
