package plimsoll.checks.sup_001_test

import data.plimsoll.checks.sup_001
import rego.v1

test_denies_none if {
	count(sup_001.deny) == 1 with input as {"evidence": {"signatures": []}}
}

# Whose it is, and whether it is valid, is for another check to say.
test_allows_one if {
	count(sup_001.deny) == 0 with input as {"evidence": {"signatures": [{"kind": "cosign", "valid": true}]}}
}
