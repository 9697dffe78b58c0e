package user.{name}_test

import data.user.{name} as check
import rego.v1

test_denies_no_label if {
	count(check.deny) == 1 with input as {"config": {"labels": {}}}
}

test_allows_a_label if {
	labels := {"org.opencontainers.image.authors": "the platform team"}
	count(check.deny) == 0 with input as {"config": {"labels": labels}}
}
