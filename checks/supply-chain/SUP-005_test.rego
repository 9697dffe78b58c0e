package plimsoll.checks.sup_005_test

import data.plimsoll.checks.sup_005
import rego.v1

sbom(missing, extra) := {"evidence": {"sboms": [{
	"format": "spdx", "missing": missing, "missing_count": count(missing), "extra": extra, "extra_count": count(extra),
}]}}

test_denies_differences if {
	some hit in sup_005.deny with input as sbom(["curl"], ["wget", "zlib"])
	hit.message == "the SBOM (spdx) differs: packages left out: 1 (curl); named and not there: 2 (wget)"
}

test_heeds_the_parameter if {
	count(sup_005.deny) == 0 with input as sbom(["curl"], []) with data.params as {"SUP-005": {"allowed": 1}}
}

test_allows_the_same if {
	count(sup_005.deny) == 0 with input as sbom([], [])
	count(sup_005.not_assessed) == 0 with input as sbom([], [])
}

test_does_not_assess_what_cannot_be_compared if {
	entry := {"format": "spdx", "missing": null, "missing_count": null, "extra": null, "extra_count": null}
	count(sup_005.deny) == 0 with input as {"evidence": {"sboms": [entry]}}
	count(sup_005.not_assessed) == 1 with input as {"evidence": {"sboms": [entry]}}
}

test_does_not_assess_none if {
	count(sup_005.not_assessed) == 1 with input as {"evidence": {"sboms": []}}
}
