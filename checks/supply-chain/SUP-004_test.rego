package plimsoll.checks.sup_004_test

import data.plimsoll.checks.sup_004
import rego.v1

test_denies_one_that_lacks_something if {
	document := {"evidence": {"sboms": [{"format": "spdx", "lacks": ["supplier", "time"], "missing": [], "extra": []}]}}
	some hit in sup_004.deny with input as document
	hit.message == "the SBOM (spdx) lacks: supplier, time"
}

test_heeds_the_edition if {
	entry := {"format": "spdx", "lacks": [], "lacks_2025": ["licence (of 1 of 2 components)"]}
	count(sup_004.deny) == 0 with input as {"evidence": {"sboms": [entry]}}
	count(sup_004.deny) == 1 with input as {"evidence": {"sboms": [entry]}}
		with data.params as {"SUP-004": {"edition": 2025}}
}

test_does_not_assess_what_cannot_be_read if {
	document := {"evidence": {"sboms": [{"format": "spdx", "lacks": null, "lacks_2025": null}]}}
	count(sup_004.deny) == 0 with input as document
	count(sup_004.not_assessed) == 1 with input as document
}

test_allows_a_full_one if {
	document := {"evidence": {"sboms": [{"format": "cyclonedx", "lacks": [], "missing": [], "extra": []}]}}
	count(sup_004.deny) == 0 with input as document
	count(sup_004.not_assessed) == 0 with input as document
}

test_does_not_assess_none if {
	count(sup_004.deny) == 0 with input as {"evidence": {"sboms": []}}
	count(sup_004.not_assessed) == 1 with input as {"evidence": {"sboms": []}}
}
