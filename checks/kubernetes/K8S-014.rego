# METADATA
# title: No seccomp profile
# description: >
#   Without a profile, a process may make every call of the kernel, also the rare ones in which flaws are found.
#   Kubernetes sets none by itself.
# custom:
#   id: K8S-014
#   severity: low
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Set `seccompProfile: {type: RuntimeDefault}`, for the pod or for each container.
#   aliases: [KSV-0030, KSV-0104]
#   standards:
#     cis-docker: ["5.22"]
#     nist-800-190: ["4.4.3"]
#     nsa-cisa: [confinement]
#     pod-security-baseline: [seccomp]
#     pod-security-restricted: [seccomp]
package plimsoll.checks.k8s_014

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(judged)
	type := object.get(found.container.securityContext, ["seccompProfile", "type"], null)
	not type in {"RuntimeDefault", "Localhost"}
	message := sprintf("the container %s %s", [found.container.name, wording(type)])
}

wording("Unconfined") := "runs without a seccomp profile"

wording(type) := "names no seccomp profile" if type != "Unconfined"

judged := [owner | some owner in input.objects; object.get(owner.pod, "os", "") != "windows"]

not_assessed contains reason if some reason in manifests.unread(input.problems)
