# METADATA
# title: Network of the host shared
# description: >
#   Its processes listen on the addresses of the host, see its traffic, reach what is bound to localhost there, and no
#   network policy holds them.
# custom:
#   id: K8S-010
#   severity: high
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Take out `hostNetwork` (Compose: `network_mode: host`).
#   aliases: [KSV-0009]
#   standards:
#     cis-docker: ["5.10"]
#     nist-800-190: ["4.4.2"]
#     nsa-cisa: [host-access, network-separation]
#     pod-security-baseline: [host-namespaces]
#     pod-security-restricted: [baseline]
#     soc-2: [CC6.6]
package plimsoll.checks.k8s_010

import data.plimsoll.lib.manifests
import data.plimsoll.lib.result
import rego.v1

deny contains result.object_of(owner, message) if {
	some owner in input.objects
	owner.pod.hostNetwork == true
	message := "its containers share the network of the host"
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
