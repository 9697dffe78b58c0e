# METADATA
# title: Processes of the host shared
# description: >
#   Its processes see those of the host with their arguments and variables, and with enough rights reach into them.
# custom:
#   id: K8S-008
#   severity: high
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Take out `hostPID` (Compose: `pid: host`).
#   aliases: [KSV-0010]
#   standards:
#     cis-docker: ["5.16"]
#     nsa-cisa: [host-access]
#     pod-security-baseline: [host-namespaces]
#     pod-security-restricted: [baseline]
package plimsoll.checks.k8s_008

import data.plimsoll.lib.manifests
import data.plimsoll.lib.result
import rego.v1

deny contains result.object_of(owner, message) if {
	some owner in input.objects
	owner.pod.hostPID == true
	message := "its containers share the processes of the host"
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
