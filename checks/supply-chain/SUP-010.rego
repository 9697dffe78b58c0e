# METADATA
# title: Comes from a registry that you do not allow
# description: >
#   What is in registries and namespaces of others may have been pushed by anybody.
# custom:
#   id: SUP-010
#   severity: medium
#   family: supply-chain
#   input: image/v1
#   needs: [reference]
#   remedy: >
#     Copy the image into a registry of your own once it was looked at, or add where it comes from to `params.allowed`:
#     a registry, or the beginning of a repository (`registry.example.com`, `docker.io/library`).
#   standards:
#     cis-docker: ["4.2"]
#     iso-27001: [A.5.23]
#     nist-800-190: ["4.1.5"]
#     nsa-cisa: [trusted-images]
#   params:
#     allowed: []
package plimsoll.checks.sup_010

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("reference.repository", message) if {
	count(allowed) > 0
	is_string(repository)
	not is_allowed
	message := sprintf("%s is in no registry or namespace that is allowed", [repository])
}

not_assessed contains "no list of allowed registries is given (params.allowed)" if count(allowed) == 0

not_assessed contains "the image does not come from a registry" if {
	count(allowed) > 0
	not is_string(repository)
}

allowed := data.params["SUP-010"].allowed

repository := object.get(input.reference, "repository", null)

is_allowed if repository in allowed

# `example.com` does not allow `example.com.evil.net`.
is_allowed if {
	is_string(repository)
	some beginning in allowed
	startswith(repository, concat("", [trim_suffix(beginning, "/"), "/"]))
}
