# METADATA
# title: Folder of the host mounted
# description: >
#   A folder of the host ties the container to it, and lets whoever takes it over read, and often change, what others
#   there rely on.
# custom:
#   id: K8S-011
#   severity: medium
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Use a volume of the cluster, `emptyDir` or a named volume.
#   aliases: [KSV-0023]
#   standards:
#     cis-docker: ["5.6"]
#     disa-container: [CCI-000109]
#     nist-800-190: ["4.5.5"]
#     nsa-cisa: [host-access]
#     pod-security-baseline: [host-path]
#     pod-security-restricted: [baseline]
package plimsoll.checks.k8s_011

import data.plimsoll.lib.manifests
import data.plimsoll.lib.result
import rego.v1

deny contains result.object_of(owner, message) if {
	some owner in input.objects
	some volume in manifests.listed(owner.pod.volumes)
	path := volume.hostPath.path
	is_string(path)
	of_host(owner, path)
	message := sprintf("the folder %s of the host is mounted", [path])
}

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(input.objects)
	some device in manifests.listed(found.container.devices)
	message := sprintf("the container %s gets the device %s of the host", [found.container.name, device])
}

of_host(owner, _) if owner.compose == false

# In Compose, what is beside the file is the project's own.
of_host(owner, path) if {
	owner.compose == true
	regex.match(`^[/~]|^[A-Za-z]:`, path)
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
