# METADATA
# title: No limit or request of processor or memory
# description: >
#   One container that takes all there is starves the others on its host, by a fault or by an attack.
# custom:
#   id: K8S-022
#   severity: low
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Set requests and limits of `cpu` and `memory`; in Compose, `deploy.resources`.
#   aliases: [KSV-0011, KSV-0015, KSV-0016, KSV-0018]
#   standards:
#     cis-docker: ["5.11", "5.12"]
#     disa-container: [CCI-001094]
#     nsa-cisa: [resources]
#   params:
#     limits: ["cpu", "memory"]
#     requests: ["cpu", "memory"]
package plimsoll.checks.k8s_022

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(input.objects)
	found.container.ephemeral == false
	missing := [sprintf("%s of %s", [kind, what]) |
		some kind in wanted(found.owner)
		some what in data.params["K8S-022"][kind]
		object.get(found.container.resources, [kind, what], null) == null
	]
	count(missing) > 0
	message := sprintf("the container %s has no %s", [found.container.name, concat(", ", missing)])
}

# Compose reserves nothing unless it runs on a swarm.
wanted(owner) := ["limits", "requests"] if owner.compose == false

wanted(owner) := ["limits"] if owner.compose == true

not_assessed contains reason if some reason in manifests.unread(input.problems)
