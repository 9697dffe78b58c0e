package plimsoll.checks.k8s_013_test

import data.plimsoll.checks.k8s_013
import data.plimsoll.lib.examples
import rego.v1

kubernetes(port) := examples.manifests([examples.deployment(examples.pod({}, [examples.container({"ports": [port]})]))])

compose(port) := examples.manifests([examples.compose(examples.pod({}, [examples.container({"ports": [port]})]))])

test_denies_ports_of_the_host if {
	count(k8s_013.deny) == 1 with input as kubernetes({"containerPort": 80, "hostPort": 80})
	count(k8s_013.deny) == 1 with input as compose({"containerPort": 80, "hostPort": 8080, "hostIP": ""})
}

test_allows_ports_of_the_pod_and_of_one_address if {
	count(k8s_013.deny) == 0 with input as kubernetes({"containerPort": 8080})
	count(k8s_013.deny) == 0 with input as compose({"containerPort": 80, "hostPort": 8080, "hostIP": "127.0.0.1"})
	count(k8s_013.deny) == 0 with input as compose({"containerPort": 80, "hostPort": null, "hostIP": ""})
}

test_does_not_assess_what_is_not_read if {
	count(k8s_013.not_assessed) == 1 with input as examples.broken
	count(k8s_013.deny) == 0 with input as examples.broken
}
