package plimsoll.checks.k8s_020_test

import data.plimsoll.checks.k8s_020
import data.plimsoll.lib.examples
import rego.v1

test_denies_processes_of_the_host if {
	count(k8s_020.deny) == 1 with input as examples.secured({"windowsOptions": {"hostProcess": true}})
}

test_allows_containers if {
	count(k8s_020.deny) == 0 with input as examples.secured({"windowsOptions": {"hostProcess": false}})
	count(k8s_020.deny) == 0 with input as examples.secured({})
}

test_does_not_assess_what_is_not_read if {
	count(k8s_020.not_assessed) == 1 with input as examples.broken
	count(k8s_020.deny) == 0 with input as examples.broken
}
