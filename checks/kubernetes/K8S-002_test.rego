package plimsoll.checks.k8s_002_test

import data.plimsoll.checks.k8s_002
import data.plimsoll.lib.examples
import rego.v1

test_denies_unless_turned_off if {
	count(k8s_002.deny) == 1 with input as examples.secured({})
	count(k8s_002.deny) == 1 with input as examples.secured({"allowPrivilegeEscalation": true})
}

test_allows_what_is_turned_off if {
	count(k8s_002.deny) == 0 with input as examples.secured({"allowPrivilegeEscalation": false})
}

test_allows_windows if {
	windows := examples.deployment(examples.pod({"os": "windows"}, [examples.container({})]))
	count(k8s_002.deny) == 0 with input as examples.manifests([windows])
}

test_does_not_assess_what_is_not_read if {
	count(k8s_002.not_assessed) == 1 with input as examples.broken
	count(k8s_002.deny) == 0 with input as examples.broken
}
