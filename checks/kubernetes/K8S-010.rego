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
#     nist-800-53: [AC-6, SC-39]
#     cis-docker: ["5.10"]
#     pod-security-restricted: [baseline]
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
