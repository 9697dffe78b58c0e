package plimsoll.checks.cfg_024_test

import data.plimsoll.checks.cfg_024
import rego.v1

test_denies_an_old_image if {
	some hit in cfg_024.deny with input as {"config": {"created": "2026-05-01T10:00:00Z", "age_days": 212}}
	hit.message == "built 212 days ago, more than 90"
}

test_allows_a_new_one if {
	document := {"config": {"created": "2026-09-01T10:00:00Z", "age_days": 90}}
	count(cfg_024.deny) == 0 with input as document
	count(cfg_024.not_assessed) == 0 with input as document
}

test_heeds_the_parameter if {
	count(cfg_024.deny) == 1 with input as {"config": {"created": "2026-11-01T10:00:00Z", "age_days": 28}}
		with data.params as {"CFG-024": {"max_age_days": 14}}
}

test_does_not_assess_without_a_date if {
	every created in ["", "1970-01-01T00:00:00Z"] {
		document := {"config": {"created": created, "age_days": null}}
		count(cfg_024.deny) == 0 with input as document
		count(cfg_024.not_assessed) == 1 with input as document
	}
}

test_does_not_assess_a_stand_in if {
	document := {"config": {"created": "1980-01-01T00:00:01Z", "age_days": 17000}}
	count(cfg_024.deny) == 0 with input as document
	count(cfg_024.not_assessed) == 1 with input as document
}
