package plimsoll.checks.k8s_025_test

import data.plimsoll.checks.k8s_025
import data.plimsoll.lib.examples
import rego.v1

of(fields) := examples.manifests([examples.deployment(examples.pod({}, [examples.container(fields)]))])

params := {"K8S-025": {"allowed": ["CSRF_TOKEN"]}}

test_denies_literals_and_handed_over_secrets if {
	some hit in k8s_025.deny with input as of({"env": [{"name": "DB_PASSWORD", "value": "hunter2"}]}) with data.params as params
	hit.message == "the value of DB_PASSWORD stands in the manifest"
	reference := {"env": [{"name": "X", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]}
	some handed in k8s_025.deny with input as of(reference) with data.params as params
	handed.severity == "low"
	count(k8s_025.deny) == 1 with input as of({"envFrom": [{"secretRef": {"name": "db"}}]}) with data.params as params
}

test_allows_other_variables_and_files if {
	variables := [
		{"name": "MODE", "value": "production"},
		{"name": "DB_PASSWORD_FILE", "value": "/run/secrets/db"},
		{"name": "DB_PASSWORD", "value": "$(FROM_ELSEWHERE)"},
		{"name": "API_TOKEN"},
		{"name": "CSRF_TOKEN", "value": "x"},
	]
	document := of({"env": variables, "envFrom": [{"configMapRef": {"name": "a"}}]})
	count(k8s_025.deny) == 0 with input as document with data.params as params
}

test_does_not_assess_what_is_not_read if {
	count(k8s_025.not_assessed) == 1 with input as examples.broken
	count(k8s_025.deny) == 0 with input as examples.broken
}
