package plimsoll.checks.k8s_014_test

import data.plimsoll.checks.k8s_014
import data.plimsoll.lib.examples
import rego.v1

test_denies_none_and_unconfined if {
	some hit in k8s_014.deny with input as examples.secured({})
	hit.message == "the container app names no seccomp profile"
	count(k8s_014.deny) == 1 with input as examples.secured({"seccompProfile": {"type": "Unconfined"}})
}

test_allows_profiles if {
	count(k8s_014.deny) == 0 with input as examples.secured({"seccompProfile": {"type": "RuntimeDefault"}})
	local := {"seccompProfile": {"type": "Localhost", "localhostProfile": "a.json"}}
	count(k8s_014.deny) == 0 with input as examples.secured(local)
}

test_does_not_assess_what_is_not_read if {
	count(k8s_014.not_assessed) == 1 with input as examples.broken
	count(k8s_014.deny) == 0 with input as examples.broken
}
