# METADATA
# title: SELinux options override the confinement
# description: >
#   The type decides what SELinux keeps a process from. Another type, and any user or role of one's own, can take that
#   away.
# custom:
#   id: K8S-016
#   severity: medium
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Leave the options to the runtime, or use one of the types for containers.
#   aliases: [KSV-0025]
#   standards:
#     cis-docker: ["5.3"]
#     nsa-cisa: [confinement]
#     pod-security-baseline: [selinux]
#     pod-security-restricted: [baseline]
package plimsoll.checks.k8s_016

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(input.objects)
	type := object.get(found.container.securityContext, ["seLinuxOptions", "type"], "")
	not type in {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
	message := sprintf("the container %s gets the SELinux type %v", [found.container.name, type])
}

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(input.objects)
	some name in ["user", "role"]
	value := object.get(found.container.securityContext, ["seLinuxOptions", name], "")
	value != ""
	message := sprintf("the container %s gets the SELinux %s %v", [found.container.name, name, value])
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
