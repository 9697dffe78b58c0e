package plimsoll.checks.k8s_007_test

import data.plimsoll.checks.k8s_007
import data.plimsoll.lib.examples
import rego.v1

test_denies_each_of_them if {
	context := {"capabilities": {"add": ["SYS_ADMIN", "cap_net_admin", "CHOWN"]}}
	hits := k8s_007.deny with input as examples.secured(context) with data.params as {"K8S-007": {"allowed": []}}
	{hit.message | some hit in hits} == {"the container app gets SYS_ADMIN", "the container app gets NET_ADMIN"}
}

test_allows_the_baseline_and_what_is_approved if {
	context := {"capabilities": {"add": ["NET_BIND_SERVICE", "SYS_NICE"]}}
	count(k8s_007.deny) == 0 with input as examples.secured(context) with data.params as {"K8S-007": {"allowed": ["SYS_NICE"]}}
	count(k8s_007.deny) == 0 with input as examples.secured({})
}

test_does_not_assess_what_is_not_read if {
	count(k8s_007.not_assessed) == 1 with input as examples.broken
	count(k8s_007.deny) == 0 with input as examples.broken
}
