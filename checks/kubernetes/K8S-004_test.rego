package plimsoll.checks.k8s_004_test

import data.plimsoll.checks.k8s_004
import data.plimsoll.lib.examples
import rego.v1

test_denies_what_the_container_says if {
	count(k8s_004.deny) == 1 with input as examples.secured({"runAsUser": 0})
}

test_allows_what_is_confined if {
	count(k8s_004.deny) == 0 with input as examples.secured({"runAsUser": 10001})
	count(k8s_004.deny) == 0 with input as examples.secured({})
}

test_does_not_assess_what_is_not_read if {
	count(k8s_004.not_assessed) == 1 with input as examples.broken
	count(k8s_004.deny) == 0 with input as examples.broken
}
