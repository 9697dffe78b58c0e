# METADATA
# title: Kind of volume outside the restricted set
# description: >
#   The restricted profile knows volumes that hold data of the pod or of the cluster. Others reach the host, or servers
#   with credentials of their own.
# custom:
#   id: K8S-019
#   severity: low
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Use a claim (`persistentVolumeClaim`) or one of the other kinds of the restricted profile.
#   aliases: [KSV-0028]
#   standards:
#     pod-security-restricted: [volume-types]
package plimsoll.checks.k8s_019

import data.plimsoll.lib.manifests
import data.plimsoll.lib.result
import rego.v1

deny contains result.object_of(owner, message) if {
	some owner in manifests.of_kubernetes(input.objects)
	some volume in manifests.listed(owner.pod.volumes)
	some kind, _ in volume
	not kind in allowed
	message := sprintf("the volume %s is of the kind %s", [object.get(volume, "name", "without a name"), kind])
}

allowed := {
	"name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected",
	"secret",
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
