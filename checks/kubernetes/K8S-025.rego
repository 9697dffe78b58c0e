# METADATA
# title: Secret in a variable
# description: >
#   A value in the manifest is read by all who can read the manifest or the object. Variables are also inherited by
#   every process that is started, and end up in logs and dumps.
# custom:
#   id: K8S-025
#   severity: high
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Mount a Secret as a file, or let a store of secrets hand it out.
#   standards:
#     nsa-cisa: [secrets]
#   params:
#     allowed: []
package plimsoll.checks.k8s_025

import data.plimsoll.lib.manifests
import data.plimsoll.lib.result
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(input.objects)
	some variable in manifests.listed(found.container.env)
	name := variable.name
	is_string(name)
	secret(name)
	not name in data.params["K8S-025"].allowed
	value := object.get(variable, "value", "")
	literal(value)
	message := sprintf("the value of %s stands in the manifest", [name])
}

# A secret that is handed over as a variable is not written out, which is the lesser evil.
deny contains result.rated(manifests.in_container(found, message), "low") if {
	some found in manifests.containers(input.objects)
	some variable in manifests.listed(found.container.env)
	is_object(variable.valueFrom.secretKeyRef)
	message := sprintf("the secret %v becomes the variable %v", [
		object.get(variable.valueFrom.secretKeyRef, "name", ""),
		object.get(variable, "name", ""),
	])
}

deny contains result.rated(manifests.in_container(found, message), "low") if {
	some found in manifests.containers(input.objects)
	some source in manifests.listed(found.container.envFrom)
	is_object(source.secretRef)
	message := sprintf("the secret %v becomes variables", [object.get(source.secretRef, "name", "")])
}

secret(name) if regex.match(
	`(^|_)(password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?)$`,
	lower(name),
)

# A value of its own, not one that is taken from elsewhere or a name of a file.
literal(value) if {
	is_string(value)
	regex.match(`^[^$/]`, value)
}

literal(value) if is_number(value)

not_assessed contains reason if some reason in manifests.unread(input.problems)
