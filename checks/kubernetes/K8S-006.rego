# METADATA
# title: Capabilities not dropped
# description: >
#   A container starts with a dozen rights of root, such as to change owners and to forge packets. Most programs need
#   none.
# custom:
#   id: K8S-006
#   severity: low
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Drop `ALL`, and add the ones that are needed.
#   aliases: [KSV-0003, KSV-0106]
#   standards:
#     cis-docker: ["5.4"]
#     nsa-cisa: [confinement]
#     pod-security-restricted: [capabilities]
package plimsoll.checks.k8s_006

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(judged)
	not drops_all(found)
	message := sprintf("the container %s does not drop ALL capabilities", [found.container.name])
}

drops_all(found) if {
	some name in found.container.securityContext.capabilities.drop
	is_string(name)
	upper(name) in {"ALL", "CAP_ALL"}
}

judged := [owner | some owner in input.objects; object.get(owner.pod, "os", "") != "windows"]

not_assessed contains reason if some reason in manifests.unread(input.problems)
