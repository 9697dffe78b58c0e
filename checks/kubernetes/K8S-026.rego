# METADATA
# title: No network policy for the workload
# description: >
#   Without a policy that selects it, every pod of the cluster may talk to this one, and it to all of them and beyond.
#   One container that is taken over then reaches the rest.
# custom:
#   id: K8S-026
#   severity: medium
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Add a NetworkPolicy that selects the pods and names whom they talk to.
#   aliases: [KSV-0038]
#   standards:
#     nist-800-190: ["4.3.3", "4.4.2"]
#     nsa-cisa: [network-separation]
package plimsoll.checks.k8s_026

import data.plimsoll.lib.manifests
import data.plimsoll.lib.result
import rego.v1

deny contains result.object_of(owner, message) if {
	some owner in judged
	owner.network_policies == []
	message := "no network policy among these files selects its pods"
}

# Policies do not hold pods on the network of the host.
judged := [owner |
	some owner in manifests.of_kubernetes(input.objects)
	is_object(owner.pod)
	owner.pod.hostNetwork == false
]

not_assessed contains "there are too many pods and policies to compare" if {
	some owner in judged
	owner.network_policies == null
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
