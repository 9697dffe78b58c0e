# METADATA
# title: Container runs as user id 0
# description: >
#   The manifest chooses root itself, whatever the image says. A flaw of the kernel or the runtime then gives root on
#   the host.
# custom:
#   id: K8S-004
#   severity: medium
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Choose another id, of 10000 or more, with `runAsUser`; in Compose, with `user`.
#   aliases: [KSV-0105]
#   standards:
#     nsa-cisa: [non-root-pods]
#     pod-security-restricted: [run-as-user]
package plimsoll.checks.k8s_004

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(input.objects)
	manifests.setting(found, "runAsUser") == 0
	message := sprintf("the container %s runs as user id 0", [found.container.name])
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
