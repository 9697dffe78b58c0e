package plimsoll.checks.k8s_006_test

import data.plimsoll.checks.k8s_006
import data.plimsoll.lib.examples
import rego.v1

test_denies_unless_all_are_dropped if {
	count(k8s_006.deny) == 1 with input as examples.secured({})
	count(k8s_006.deny) == 1 with input as examples.secured({"capabilities": {"drop": ["NET_RAW"]}})
}

test_allows_what_drops_all if {
	context := {"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}
	count(k8s_006.deny) == 0 with input as examples.secured(context)
}

test_does_not_assess_what_is_not_read if {
	count(k8s_006.not_assessed) == 1 with input as examples.broken
	count(k8s_006.deny) == 0 with input as examples.broken
}
