package plimsoll.checks.cfg_025_test

import data.plimsoll.checks.cfg_025
import rego.v1

denied(created, age) := found if {
	found := {hit.message | some hit in cfg_025.deny} with input as {
		"config": {"created": created, "age_days": age},
		"day": "2026-11-29",
	}
}

test_denies_what_is_no_time if {
	denied("", null) == {"the image has no time of building"}
	denied("0001-01-01T00:00:00Z", null) == {"the time of building is 0001-01-01, which stands for none"}
	denied("1980-01-01T00:00:01Z", 17000) == {"the time of building is 1980-01-01, which stands for none"}
	denied("2031-01-01T00:00:00Z", null) == {"the time of building is 2031-01-01, which is yet to come"}
	denied("yesterday", null) == {"the time of building is \"yesterday\", which is no time"}
}

test_allows_a_time if {
	denied("2026-11-29T09:00:00.123456789Z", 0) == set()
	denied("2024-02-29T00:00:00+02:00", 639) == set()
}
