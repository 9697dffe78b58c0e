# METADATA
# title: Capability added beyond the baseline
# description: >
#   Capabilities such as SYS_ADMIN, SYS_PTRACE and NET_ADMIN are most of what root is, for the host too.
# custom:
#   id: K8S-007
#   severity: high
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Take the capability out, or let a small service of its own do what needs it.
#   aliases: [KSV-0005, KSV-0022]
#   standards:
#     cis-docker: ["5.4"]
#     pod-security-baseline: [capabilities]
#     pod-security-restricted: [baseline]
#   params:
#     allowed: []
package plimsoll.checks.k8s_007

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(input.objects)
	some given in found.container.securityContext.capabilities.add
	is_string(given)
	name := trim_prefix(upper(given), "CAP_")
	not name in baseline
	not name in data.params["K8S-007"].allowed
	message := sprintf("the container %s gets %s", [found.container.name, name])
}

# Those of the Pod Security Standards: what engines give anyway.
baseline := {
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
	"SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
