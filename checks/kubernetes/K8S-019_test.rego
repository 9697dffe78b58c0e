package plimsoll.checks.k8s_019_test

import data.plimsoll.checks.k8s_019
import data.plimsoll.lib.examples
import rego.v1

of(volume) := examples.manifests([examples.deployment(examples.pod({"volumes": [volume]}, [examples.container({})]))])

test_denies_other_kinds if {
	some hit in k8s_019.deny with input as of({"name": "share", "nfs": {"server": "a.example", "path": "/"}})
	hit.message == "the volume share is of the kind nfs"
	count(k8s_019.deny) == 1 with input as of({"name": "a", "hostPath": {"path": "/x"}})
}

test_allows_the_restricted_set if {
	count(k8s_019.deny) == 0 with input as of({"name": "a", "emptyDir": {}})
	count(k8s_019.deny) == 0 with input as of({"name": "a", "persistentVolumeClaim": {"claimName": "x"}})
}

test_does_not_assess_what_is_not_read if {
	count(k8s_019.not_assessed) == 1 with input as examples.broken
	count(k8s_019.deny) == 0 with input as examples.broken
}
