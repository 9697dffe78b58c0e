package plimsoll.checks.k8s_023_test

import data.plimsoll.checks.k8s_023
import data.plimsoll.lib.examples
import rego.v1

of(fields) := examples.manifests([examples.deployment(examples.pod({}, [examples.container(fields)]))])

test_denies_a_tag if {
	some hit in k8s_023.deny with input as of({})
	hit.message == "the image registry.example/app:1.0 can be moved"
	hit.place == "Deployment/web/app"
	hit.line == 12
}

test_allows_a_digest if {
	count(k8s_023.deny) == 0 with input as of({"image_reference": {"digest": "sha256:00"}})
}

test_does_not_assess_a_variable if {
	document := of({"image": "${IMAGE}", "image_reference": null})
	count(k8s_023.deny) == 0 with input as document
	count(k8s_023.not_assessed) == 1 with input as document
}

test_does_not_assess_what_is_not_read if {
	count(k8s_023.not_assessed) == 1 with input as examples.broken
	count(k8s_023.deny) == 0 with input as examples.broken
}
