package plimsoll.checks.sup_009_test

import data.plimsoll.checks.sup_009
import rego.v1

signed(logged, stamped) := {"evidence": {"signatures": [{
	"kind": "cosign", "digest": "sha256:0f", "valid": true, "logged": logged, "stamped": stamped,
}]}}

test_denies_neither if {
	some hit in sup_009.deny with input as signed(false, false)
	hit.place == "evidence.signatures.sha256:0f"
}

test_allows_either if {
	every document in [signed(true, false), signed(false, true)] {
		count(sup_009.deny) == 0 with input as document
		count(sup_009.not_assessed) == 0 with input as document
	}
}

test_tells_that_proofs_are_not_verified if {
	some message in sup_009.expected with input as signed(true, false)
	contains(message, "present, not verified")
}

test_does_not_assess_none if {
	count(sup_009.not_assessed) == 1 with input as {"evidence": {"signatures": []}}
}
