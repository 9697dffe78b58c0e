# METADATA
# title: Setting of the kernel that others feel
# description: >
#   Most settings of the kernel count for the whole host. One container changes them for all.
# custom:
#   id: K8S-018
#   severity: medium
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Take the setting out, or let who runs the hosts set it.
#   aliases: [KSV-0026]
#   standards:
#     pod-security-baseline: [sysctls]
#     pod-security-restricted: [baseline]
#   params:
#     allowed: []
package plimsoll.checks.k8s_018

import data.plimsoll.lib.manifests
import data.plimsoll.lib.result
import rego.v1

deny contains result.object_of(owner, message) if {
	some owner in input.objects
	some setting in object.get(owner.pod.securityContext, "sysctls", [])
	name := setting.name
	not name in safe
	not of_compose(owner, name)
	not name in data.params["K8S-018"].allowed
	message := sprintf("it sets %s", [name])
}

# An engine takes what is of a namespace of its own, whatever else Kubernetes thinks of it.
of_compose(owner, name) if {
	owner.compose == true
	regex.match(`^(net\.|fs\.mqueue\.|kernel\.(msg|sem|shm))`, name)
}

safe := {
	"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
	"net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
	"net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
	"net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
