package plimsoll.checks.k8s_005_test

import data.plimsoll.checks.k8s_005
import data.plimsoll.lib.examples
import rego.v1

test_denies_unless_read_only if {
	count(k8s_005.deny) == 1 with input as examples.secured({})
	count(k8s_005.deny) == 1 with input as examples.secured({"readOnlyRootFilesystem": false})
}

test_allows_read_only if {
	count(k8s_005.deny) == 0 with input as examples.secured({"readOnlyRootFilesystem": true})
}

test_does_not_assess_what_is_not_read if {
	count(k8s_005.not_assessed) == 1 with input as examples.broken
	count(k8s_005.deny) == 0 with input as examples.broken
}
