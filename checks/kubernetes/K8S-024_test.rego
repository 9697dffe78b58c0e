package plimsoll.checks.k8s_024_test

import data.plimsoll.checks.k8s_024
import data.plimsoll.lib.examples
import rego.v1

of(port) := examples.manifests([examples.deployment(examples.pod({}, [examples.container({"ports": [port]})]))])

service(port) := object.union(
	examples.manifests([]),
	{"services": [{"kind": "Service", "name": "web", "namespace": "", "path": "a.yaml", "line": 2, "ports": [port]}]},
)

params := {"K8S-024": {"allowed": [443]}}

test_denies_privileged_ports_and_ssh if {
	count(k8s_024.deny) == 1 with input as of({"containerPort": 80}) with data.params as params
	some hit in k8s_024.deny with input as service({"port": 2222, "targetPort": 22}) with data.params as params
	hit.place == "Service/web"
}

test_allows_higher_and_approved_ports if {
	count(k8s_024.deny) == 0 with input as of({"containerPort": 8080}) with data.params as params
	count(k8s_024.deny) == 0 with input as of({"containerPort": 443}) with data.params as params
	count(k8s_024.deny) == 0 with input as service({"port": 80, "targetPort": 8080}) with data.params as params
}

test_does_not_assess_what_is_not_read if {
	count(k8s_024.not_assessed) == 1 with input as examples.broken
	count(k8s_024.deny) == 0 with input as examples.broken
}
