package plimsoll.checks.sup_001_test

import data.plimsoll.checks.sup_001
import rego.v1

test_denies_none if {
	count(sup_001.deny) == 1 with input as {"evidence": {"signatures": []}}
}

test_denies_what_is_of_another_image if {
	other := {"kind": "cosign", "valid": false, "of_this_image": false}
	some hit in sup_001.deny with input as {"evidence": {"signatures": [other]}}
	contains(hit.message, "none is of this image")
	own := {"kind": "cosign", "valid": null, "of_this_image": true}
	count(sup_001.deny) == 0 with input as {"evidence": {"signatures": [other, own]}}
}

# Whose it is, and whether it is valid, is for another check to say.
test_allows_one if {
	count(sup_001.deny) == 0 with input as {"evidence": {"signatures": [{"kind": "cosign", "valid": true}]}}
}
