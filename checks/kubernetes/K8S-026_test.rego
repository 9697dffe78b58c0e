package plimsoll.checks.k8s_026_test

import data.plimsoll.checks.k8s_026
import data.plimsoll.lib.examples
import rego.v1

of(policies, fields) := examples.manifests([object.union(
	examples.deployment(examples.pod(fields, [examples.container({})])),
	{"network_policies": policies},
)])

test_denies_a_workload_without_policy if {
	count(k8s_026.deny) == 1 with input as of([], {})
}

test_allows_a_workload_with_one if {
	count(k8s_026.deny) == 0 with input as of(["web"], {})
	count(k8s_026.deny) == 0 with input as of([], {"hostNetwork": true})
	service := examples.compose(examples.pod({}, [examples.container({})]))
	count(k8s_026.deny) == 0 with input as examples.manifests([service])
}

test_does_not_assess_too_many if {
	count(k8s_026.deny) == 0 with input as of(null, {})
	count(k8s_026.not_assessed) == 1 with input as of(null, {})
}

test_does_not_assess_what_is_not_read if {
	count(k8s_026.not_assessed) == 1 with input as examples.broken
	count(k8s_026.deny) == 0 with input as examples.broken
}
