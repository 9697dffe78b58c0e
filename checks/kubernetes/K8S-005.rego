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
#     cis-docker: ["5.13"]
#     nist-800-190: ["4.4.4"]
#     nist-800-53: [CM-5]
#     nsa-cisa: [immutable-file-systems]
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
