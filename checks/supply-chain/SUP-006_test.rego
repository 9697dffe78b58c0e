package plimsoll.checks.sup_006_test

import data.plimsoll.checks.sup_006
import rego.v1

test_denies_none if {
	count(sup_006.deny) == 1 with input as {"evidence": {"provenance": []}}
}

test_allows_one if {
	count(sup_006.deny) == 0 with input as {"evidence": {"provenance": [{"builder": "https://example.com/builder"}]}}
}
