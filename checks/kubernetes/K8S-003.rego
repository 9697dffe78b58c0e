# METADATA
# title: Container is not kept from running as root
# description: >
#   Without this, the image alone decides which account is used, and images run as root unless they say otherwise.
# custom:
#   id: K8S-003
#   severity: medium
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Set `runAsNonRoot: true`, for the pod or for each container.
#   aliases: [KSV-0012]
#   standards:
#     nsa-cisa: [non-root-pods]
#     pod-security-restricted: [run-as-non-root]
package plimsoll.checks.k8s_003

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(judged)
	manifests.setting(found, "runAsNonRoot") != true
	message := sprintf("the container %s may run as root", [found.container.name])
}

# Compose has no such setting: there the image and `user` decide.
judged := manifests.of_linux(input.objects)

not_assessed contains reason if some reason in manifests.unread(input.problems)
