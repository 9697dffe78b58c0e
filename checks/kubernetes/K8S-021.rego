# METADATA
# title: Token of the cluster mounted
# description: >
#   The token lets whoever takes over the container talk to the API of the cluster as its account. It is mounted unless
#   that is turned off, and few programs use it.
# custom:
#   id: K8S-021
#   severity: medium
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Set `automountServiceAccountToken: false` for the pod or its account, and name those accounts that need one in the
#     parameter `accounts`.
#   aliases: [KSV-0036]
#   standards:
#     nist-800-190: ["4.3.2"]
#     nsa-cisa: [service-account-tokens]
#   params:
#     accounts: []
package plimsoll.checks.k8s_021

import data.plimsoll.lib.manifests
import data.plimsoll.lib.result
import rego.v1

deny contains result.object_of(owner, message) if {
	some owner in manifests.of_kubernetes(input.objects)
	owner.pod.token == true
	account := owner.pod.serviceAccountName
	not account in data.params["K8S-021"].accounts
	message := sprintf("it gets a token of the account %s", [account])
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
