package plimsoll.checks.k8s_011_test

import data.plimsoll.checks.k8s_011
import data.plimsoll.lib.examples
import rego.v1

kubernetes(volumes) := examples.manifests([examples.deployment(examples.pod({"volumes": volumes}, [examples.container({})]))])

compose(volumes) := examples.manifests([examples.compose(examples.pod({"volumes": volumes}, [examples.container({})]))])

test_denies_folders_and_devices_of_the_host if {
	count(k8s_011.deny) == 1 with input as kubernetes([{"name": "a", "hostPath": {"path": "/etc"}}])
	count(k8s_011.deny) == 1 with input as compose([{"name": "a", "hostPath": {"path": "/etc"}}])
	device := examples.compose(examples.pod({}, [examples.container({"devices": ["/dev/kvm:/dev/kvm"]})]))
	count(k8s_011.deny) == 1 with input as examples.manifests([device])
}

test_allows_volumes_and_the_folder_of_a_project if {
	count(k8s_011.deny) == 0 with input as kubernetes([{"name": "a", "emptyDir": {}}])
	count(k8s_011.deny) == 0 with input as compose([{"name": "a", "hostPath": {"path": "./conf"}}])
}

test_does_not_assess_what_is_not_read if {
	count(k8s_011.not_assessed) == 1 with input as examples.broken
	count(k8s_011.deny) == 0 with input as examples.broken
}
