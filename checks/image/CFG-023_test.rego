package plimsoll.checks.cfg_023_test

import data.plimsoll.checks.cfg_023
import rego.v1

test_denies_an_author if {
	count(cfg_023.deny) == 1 with input as {"config": {"author": "Jo <jo@example.com>"}}
}

test_allows_none if {
	count(cfg_023.deny) == 0 with input as {"config": {"author": ""}}
}
