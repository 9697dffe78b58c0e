# METADATA
# title: SSH or a privileged port exposed
# description: >
#   A port for SSH means that people log in to containers, past all review. Ports below 1024 need a right of root.
# custom:
#   id: K8S-024
#   severity: medium
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, services, problems]
#   remedy: >
#     Let the program listen on 1024 or higher, and use the cluster's own means to look into a container.
#   standards:
#     cis-docker: ["5.8"]
#   params:
#     allowed: []
package plimsoll.checks.k8s_024

import data.plimsoll.lib.manifests
import data.plimsoll.lib.result
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(input.objects)
	some port in manifests.listed(found.container.ports)
	number := object.get(port, "containerPort", null)
	is_number(number)
	number < 1024
	not number in data.params["K8S-024"].allowed
	message := sprintf("the container %s listens on port %d", [found.container.name, number])
}

deny contains result.object_of(service, message) if {
	some service in input.services
	some port in manifests.listed(service.ports)
	22 in [object.get(port, "port", null), object.get(port, "targetPort", null)]
	message := "it leads to the port of SSH"
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
