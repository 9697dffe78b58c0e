# METADATA
# title: Root file system can be written
# description: >
#   Who takes over a process can put programs and settings of his own where the container finds them.
# custom:
#   id: K8S-005
#   severity: medium
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Set `readOnlyRootFilesystem: true` (Compose: `read_only: true`), and mount volumes where the program has to write.
#   aliases: [KSV-0014]
#   standards:
#     nist-800-53: [CM-6, CM-7]
#     cis-docker: ["5.13"]
#     nsa-cisa: [pod-security]
package plimsoll.checks.k8s_005

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(judged)
	manifests.setting(found, "readOnlyRootFilesystem") != true
	message := sprintf("the container %s can write to its root file system", [found.container.name])
}

judged := [owner | some owner in input.objects; object.get(owner.pod, "os", "") != "windows"]

not_assessed contains reason if some reason in manifests.unread(input.problems)
