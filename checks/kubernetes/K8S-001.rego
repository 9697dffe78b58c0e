# METADATA
# title: Privileged container
# description: >
#   A privileged container has all capabilities and all devices of its host, and no confinement. Whoever takes it over
#   has the host.
# custom:
#   id: K8S-001
#   severity: critical
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Take out `privileged`, and add the one capability or device that is needed.
#   aliases: [KSV-0017]
#   standards:
#     cis-docker: ["5.5"]
#     nist-800-190: ["4.4.3"]
#     nist-800-53: [AC-6]
#     nsa-cisa: [privileged]
#     pod-security-baseline: [privileged]
#     pod-security-restricted: [baseline]
package plimsoll.checks.k8s_001

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(input.objects)
	manifests.setting(found, "privileged") == true
	message := sprintf("the container %s is privileged", [found.container.name])
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
