package plimsoll.checks.sup_010_test

import data.plimsoll.checks.sup_010
import rego.v1

rules := {"SUP-010": {"allowed": ["registry.example.com", "docker.io/library/"]}}

found(repository) := hits if {
	hits := sup_010.deny with input as {"reference": {"repository": repository}} with data.params as rules
}

test_denies_others if {
	count(found("docker.io/somebody/app")) == 1
	count(found("registry.example.com.evil.net/app")) == 1
}

test_allows_what_is_listed if {
	count(found("registry.example.com/team/app")) == 0
	count(found("docker.io/library/debian")) == 0
	count(sup_010.not_assessed) == 0 with input as {"reference": {"repository": "docker.io/library/debian"}}
		with data.params as rules
}

test_does_not_assess_without_a_list_or_a_registry if {
	count(sup_010.deny) == 0 with input as {"reference": {"repository": "docker.io/somebody/app"}}
	count(sup_010.not_assessed) == 1 with input as {"reference": {"repository": "docker.io/somebody/app"}}
	count(found(null)) == 0
	count(sup_010.not_assessed) == 1 with input as {"reference": {"repository": null}} with data.params as rules
}
