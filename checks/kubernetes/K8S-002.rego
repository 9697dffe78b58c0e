# METADATA
# title: Container may gain privileges
# description: >
#   With this, a process may get more rights than its parent by running a setuid program. It is on unless it is turned
#   off.
# custom:
#   id: K8S-002
#   severity: medium
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Set `allowPrivilegeEscalation: false`; in Compose, `security_opt: ["no-new-privileges:true"]`.
#   aliases: [KSV-0001]
#   standards:
#     cis-docker: ["5.26"]
#     nist-800-53: [AC-6]
#     nsa-cisa: [privilege-escalation]
#     pod-security-restricted: [privilege-escalation]
package plimsoll.checks.k8s_002

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(judged)
	manifests.setting(found, "allowPrivilegeEscalation") != false
	message := sprintf("the container %s may gain privileges", [found.container.name])
}

judged := [owner | some owner in input.objects; object.get(owner.pod, "os", "") != "windows"]

not_assessed contains reason if some reason in manifests.unread(input.problems)
