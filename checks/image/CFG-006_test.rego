package plimsoll.checks.cfg_006_test

import data.plimsoll.checks.cfg_006
import rego.v1

test_denies_none if {
	count(cfg_006.deny) == 1 with input as {"config": {"healthcheck": {"test": ["NONE"]}}}
}

test_allows_one if {
	count(cfg_006.deny) == 0 with input as {"config": {"healthcheck": {"test": ["CMD", "/health"]}}}
}

# That there is none is for another check to say.
test_allows_an_image_without if {
	count(cfg_006.deny) == 0 with input as {"config": {"healthcheck": {"test": []}}}
}
