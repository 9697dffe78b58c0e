# METADATA
# title: Socket of the container runtime mounted
# description: >
#   Who may talk to the runtime may start a container with the whole host in it, and so has the host. Mounting the
#   socket for reading only changes nothing.
# custom:
#   id: K8S-012
#   severity: critical
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Take the mount out. To build images, use a builder that needs no daemon.
#   aliases: [KSV-0006]
#   standards:
#     cis-docker: ["5.32"]
#     disa-container: [CCI-001090]
#     nsa-cisa: [host-access]
#     pod-security-baseline: [host-path]
package plimsoll.checks.k8s_012

import data.plimsoll.lib.manifests
import data.plimsoll.lib.result
import rego.v1

deny contains result.object_of(owner, message) if {
	some owner in input.objects
	some volume in manifests.listed(owner.pod.volumes)
	path := volume.hostPath.path
	is_string(path)
	holds_socket(path)
	message := sprintf("%s of the host is mounted, where the runtime listens", [path])
}

holds_socket(path) if regex.match(
	`(^|/)(docker|containerd|crio|podman|cri-dockerd|dockershim|buildkitd|frakti)\.sock$`,
	path,
)

# The folders that hold them, up to the root.
holds_socket(path) if trim_right(path, "/") in {
	"", "/run", "/var", "/var/run", "/run/containerd", "/var/run/containerd", "/run/crio", "/var/run/crio",
	"/run/podman", "/var/run/podman", "/run/docker", "/var/run/docker",
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
