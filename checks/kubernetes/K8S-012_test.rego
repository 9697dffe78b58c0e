package plimsoll.checks.k8s_012_test

import data.plimsoll.checks.k8s_012
import data.plimsoll.lib.examples
import rego.v1

kubernetes(volumes) := examples.manifests([examples.deployment(examples.pod({"volumes": volumes}, [examples.container({})]))])

compose(volumes) := examples.manifests([examples.compose(examples.pod({"volumes": volumes}, [examples.container({})]))])

test_denies_sockets_and_their_folders if {
	count(k8s_012.deny) == 1 with input as kubernetes([{"name": "a", "hostPath": {"path": "/run/containerd/containerd.sock"}}])
	count(k8s_012.deny) == 1 with input as compose([{"name": "a", "hostPath": {"path": "/var/run/docker.sock"}}])
	count(k8s_012.deny) == 1 with input as kubernetes([{"name": "a", "hostPath": {"path": "/var/run/"}}])
	count(k8s_012.deny) == 1 with input as kubernetes([{"name": "a", "hostPath": {"path": "/"}}])
}

test_allows_other_volumes if {
	count(k8s_012.deny) == 0 with input as kubernetes([{"name": "a", "hostPath": {"path": "/var/log"}}, {"name": "b", "emptyDir": {}}])
	count(k8s_012.deny) == 0 with input as compose([{"name": "a", "hostPath": {"path": "./docker.sock.md"}}])
}

test_does_not_assess_what_is_not_read if {
	count(k8s_012.not_assessed) == 1 with input as examples.broken
	count(k8s_012.deny) == 0 with input as examples.broken
}
