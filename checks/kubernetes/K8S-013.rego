# METADATA
# title: Port of the host taken
# description: >
#   A port of the host is reached past services and network policies. In Compose, a port without an address is open on
#   every interface, also on those that face the internet.
# custom:
#   id: K8S-013
#   severity: medium
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Put a Service in front; in Compose, name the address: `127.0.0.1:8080:80`.
#   aliases: [KSV-0024]
#   standards:
#     cis-docker: ["5.8", "5.14"]
#     nsa-cisa: [host-access]
#     pod-security-baseline: [host-ports]
#     pod-security-restricted: [baseline]
package plimsoll.checks.k8s_013

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(manifests.of_kubernetes(input.objects))
	some port in manifests.listed(found.container.ports)
	is_number(port.hostPort)
	port.hostPort > 0
	message := sprintf("the container %s takes the port %d of the host", [found.container.name, port.hostPort])
}

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(input.objects)
	found.owner.compose == true
	some port in found.container.ports
	is_number(port.hostPort)
	port.hostIP in {"", "0.0.0.0", "::"}
	message := sprintf("the port %d of the host is open on all interfaces", [port.hostPort])
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
