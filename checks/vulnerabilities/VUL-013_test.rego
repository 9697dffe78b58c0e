package plimsoll.checks.vul_013_test

import data.plimsoll.checks.vul_013
import rego.v1

one(days) := {"waivers": [{"id": "CVE-2026-1111", "expires": "2026-12-01", "days_left": days}]}

fortnight := {"VUL-013": {"days": 14}}

test_denies_one_that_has_ended if {
	some hit in vul_013.deny with input as one(-1) with data.params as fortnight
	not hit.severity
}

test_rates_one_that_ends_soon_low if {
	some hit in vul_013.deny with input as one(2) with data.params as fortnight
	hit.severity == "low"
}

test_allows_others if {
	count(vul_013.deny) == 0 with input as one(15) with data.params as fortnight
	count(vul_013.deny) == 0
		with input as {"waivers": [{"id": "x", "expires": "", "days_left": null}]}
		with data.params as fortnight
}
