# METADATA
# title: Process of a Windows host
# description: >
#   Such a container is a process of the host under another name, with its files, network and services.
# custom:
#   id: K8S-020
#   severity: high
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Take out `hostProcess`.
#   aliases: [KSV-0103]
#   standards:
#     pod-security-baseline: [host-process]
#     pod-security-restricted: [baseline]
package plimsoll.checks.k8s_020

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(input.objects)
	object.get(found.container.securityContext, ["windowsOptions", "hostProcess"], false) == true
	message := sprintf("the container %s is a process of the host", [found.container.name])
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
