# METADATA
# title: AppArmor turned off
# description: >
#   The profile of the runtime keeps processes from parts of the file system that hold the kernel's settings. On hosts
#   that have it, this one does without.
# custom:
#   id: K8S-015
#   severity: low
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Use the profile `RuntimeDefault`, or one of your own.
#   aliases: [KSV-0002]
#   standards:
#     cis-docker: ["5.2"]
#     nsa-cisa: [confinement]
#     pod-security-baseline: [apparmor]
#     pod-security-restricted: [baseline]
package plimsoll.checks.k8s_015

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(input.objects)
	object.get(found.container.securityContext, ["appArmorProfile", "type"], "") == "Unconfined"
	message := sprintf("the container %s runs without an AppArmor profile", [found.container.name])
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
