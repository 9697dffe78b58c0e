# METADATA
# title: Shared memory of the host shared
# description: >
#   Its processes read and write the shared memory of all programs on the host.
# custom:
#   id: K8S-009
#   severity: high
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Take out `hostIPC` (Compose: `ipc: host`).
#   aliases: [KSV-0008]
#   standards:
#     cis-docker: ["5.17"]
#     nsa-cisa: [host-access]
#     pod-security-baseline: [host-namespaces]
#     pod-security-restricted: [baseline]
package plimsoll.checks.k8s_009

import data.plimsoll.lib.manifests
import data.plimsoll.lib.result
import rego.v1

deny contains result.object_of(owner, message) if {
	some owner in input.objects
	owner.pod.hostIPC == true
	message := "its containers share the shared memory of the host"
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
