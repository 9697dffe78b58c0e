package plimsoll.checks.k8s_022_test

import data.plimsoll.checks.k8s_022
import data.plimsoll.lib.examples
import rego.v1

of(resources) := examples.manifests([examples.deployment(examples.pod({}, [examples.container({"resources": resources})]))])

params := {"K8S-022": {"limits": ["cpu", "memory"], "requests": ["cpu", "memory"]}}

test_denies_what_is_missing if {
	document := of({"limits": {"memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Gi"}})
	some hit in k8s_022.deny with input as document with data.params as params
	hit.message == "the container app has no limits of cpu"
	count(k8s_022.deny) == 1 with input as of({}) with data.params as params
}

test_allows_what_is_set_or_not_wanted if {
	both := {"cpu": "1", "memory": "1Gi"}
	count(k8s_022.deny) == 0 with input as of({"limits": both, "requests": both}) with data.params as params
	lean := {"K8S-022": {"limits": ["memory"], "requests": []}}
	count(k8s_022.deny) == 0 with input as of({"limits": {"memory": "1Gi"}}) with data.params as lean
	service := examples.compose(examples.pod({}, [examples.container({"resources": {"limits": both}})]))
	count(k8s_022.deny) == 0 with input as examples.manifests([service]) with data.params as params
}

test_does_not_assess_what_is_not_read if {
	count(k8s_022.not_assessed) == 1 with input as examples.broken
	count(k8s_022.deny) == 0 with input as examples.broken
}
