package plimsoll.checks.k8s_009_test

import data.plimsoll.checks.k8s_009
import data.plimsoll.lib.examples
import rego.v1

of(value) := examples.manifests([examples.deployment(examples.pod({"hostIPC": value}, [examples.container({})]))])

test_denies_what_is_shared if {
	some hit in k8s_009.deny with input as of(true)
	hit.place == "Deployment/web"
}

test_allows_what_is_not if {
	count(k8s_009.deny) == 0 with input as of(false)
}

test_does_not_assess_what_is_not_read if {
	count(k8s_009.not_assessed) == 1 with input as examples.broken
	count(k8s_009.deny) == 0 with input as examples.broken
}
