package plimsoll.checks.sup_012_test

import data.plimsoll.checks.sup_012
import rego.v1

scan(age, valid) := {
	"predicate": "https://cosign.sigstore.dev/attestation/vuln/v1", "valid": valid, "age_days": age,
}

found(attestations) := hits if {
	hits := sup_012.deny with input as {"evidence": {"attestations": attestations}}
}

test_denies_none if {
	count(found([])) == 1
	count(found([scan(1, false)])) == 1
	count(found([{"predicate": "https://slsa.dev/provenance/v1", "valid": true, "age_days": 1}])) == 1
}

test_does_not_believe_what_nobody_verified_or_signed if {
	document := {"evidence": {"attestations": [scan(1, null)]}}
	count(sup_012.deny) == 0 with input as document
	count(sup_012.not_assessed) == 1 with input as document
	count(found([object.union(scan(1, null), {"signed": false})])) == 1
}

test_denies_old_ones if {
	some hit in found([scan(90, true), scan(31, true)])
	hit.message == "the last attested scan is 31 days old, more than 30"
}

test_allows_a_recent_one if {
	count(found([scan(90, true), scan(30, true)])) == 0
	count(sup_012.not_assessed) == 0 with input as {"evidence": {"attestations": [scan(30, true)]}}
}

test_does_not_assess_one_of_no_day_or_of_a_day_to_come if {
	every age in [null, -2] {
		count(found([scan(age, true)])) == 0
		count(sup_012.not_assessed) == 1 with input as {"evidence": {"attestations": [scan(age, true)]}}
	}
}
