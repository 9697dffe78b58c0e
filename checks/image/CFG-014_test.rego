package plimsoll.checks.cfg_014_test

import data.plimsoll.checks.cfg_014
import rego.v1

test_denies_the_place_of_secrets if {
	count(cfg_014.deny) == 2 with input as {"config": {"volumes": ["/run/secrets/", "/var/run/secrets/app"]}}
}

test_allows_others if {
	count(cfg_014.deny) == 0 with input as {"config": {"volumes": ["/run", "/run/secrets-store", "/data"]}}
}
