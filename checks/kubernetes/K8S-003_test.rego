package plimsoll.checks.k8s_003_test

import data.plimsoll.checks.k8s_003
import data.plimsoll.lib.examples
import rego.v1

test_denies_unless_forced if {
	count(k8s_003.deny) == 1 with input as examples.secured({})
	count(k8s_003.deny) == 1 with input as examples.secured({"runAsNonRoot": false, "runAsUser": 10001})
}

test_allows_what_is_forced_and_compose if {
	count(k8s_003.deny) == 0 with input as examples.secured({"runAsNonRoot": true})
	service := examples.compose(examples.pod({}, [examples.container({})]))
	count(k8s_003.deny) == 0 with input as examples.manifests([service])
}

test_does_not_assess_what_is_not_read if {
	count(k8s_003.not_assessed) == 1 with input as examples.broken
	count(k8s_003.deny) == 0 with input as examples.broken
}
