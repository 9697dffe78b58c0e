package plimsoll.checks.k8s_021_test

import data.plimsoll.checks.k8s_021
import data.plimsoll.lib.examples
import rego.v1

of(fields) := examples.manifests([examples.deployment(examples.pod(fields, [examples.container({})]))])

params := {"K8S-021": {"accounts": ["operator"]}}

test_denies_a_token if {
	some hit in k8s_021.deny with input as of({"token": true}) with data.params as params
	hit.message == "it gets a token of the account default"
}

test_allows_none_and_who_needs_one if {
	count(k8s_021.deny) == 0 with input as of({"token": false}) with data.params as params
	count(k8s_021.deny) == 0 with input as of({"token": true, "serviceAccountName": "operator"}) with data.params as params
}

test_does_not_assess_what_is_not_read if {
	count(k8s_021.not_assessed) == 1 with input as examples.broken
	count(k8s_021.deny) == 0 with input as examples.broken
}
