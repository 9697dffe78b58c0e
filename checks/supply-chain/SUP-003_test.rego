package plimsoll.checks.sup_003_test

import data.plimsoll.checks.sup_003
import rego.v1

test_denies_none if {
	count(sup_003.deny) == 1 with input as {"evidence": {"sboms": []}}
}

test_allows_one if {
	count(sup_003.deny) == 0 with input as {"evidence": {"sboms": [{"format": "spdx"}]}}
}
