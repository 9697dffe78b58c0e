# METADATA
# title: Kernel information unmasked
# description: >
#   The runtime hides the parts of /proc that tell of the host, and keeps others from being written. This container sees
#   all of it.
# custom:
#   id: K8S-017
#   severity: medium
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Leave `procMount` at `Default` (Compose: take out `systempaths=unconfined`).
#   aliases: [KSV-0027]
#   standards:
#     pod-security-baseline: [proc-mount]
#     pod-security-restricted: [baseline]
package plimsoll.checks.k8s_017

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(input.objects)
	value := manifests.setting(found, "procMount")
	not value in {null, "Default"}
	message := sprintf("the container %s has the proc mount %v", [found.container.name, value])
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
