package plimsoll.checks.cfg_005_test

import data.plimsoll.checks.cfg_005
import rego.v1

test_denies_none if {
	count(cfg_005.deny) == 1 with input as {"config": {"healthcheck": {"test": []}}}
}

test_allows_one if {
	count(cfg_005.deny) == 0 with input as {"config": {"healthcheck": {"test": ["CMD-SHELL", "curl -f localhost"]}}}
}

# Switching it off is for another check to say.
test_allows_one_that_is_switched_off if {
	count(cfg_005.deny) == 0 with input as {"config": {"healthcheck": {"test": ["NONE"]}}}
}
