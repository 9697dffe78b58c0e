# METADATA
# title: Package that you forbid
# description: >
#   Your own rules name it as one that must not be in any image.
# custom:
#   id: PKG-012
#   severity: high
#   family: packages
#   input: image/v1
#   needs: [packages]
#   remedy: >
#     Remove it, or what needs it. `params.denied` is a list of names (`log4j-core`) and package URLs; of a URL as far
#     as it goes: `pkg:npm/event-stream@3.3.6`.
#   standards:
#     nist-800-53: [CM-7, CM-7(5), CM-8(3)]
#     cis-docker: ["4.3"]
#     iso-27001: [A.8.19]
#   params:
#     denied: []
package plimsoll.checks.pkg_012

import data.plimsoll.lib.result
import rego.v1

deny contains result.of_package(entry, message) if {
	some entry in input.packages
	some rule in denied
	is_meant(rule, entry)
	message := sprintf("%s is forbidden, by %q", [entry.name, rule])
}

not_assessed contains "no list of forbidden packages is given (params.denied)" if count(denied) == 0

denied := data.params["PKG-012"].denied

is_meant(rule, entry) if rule == entry.name

is_meant(rule, entry) if rule == entry.purl

# Not `pkg:npm/event-stream-x` for `pkg:npm/event-stream`.
is_meant(rule, entry) if {
	startswith(rule, "pkg:")
	some end in ["@", "?", "#"]
	startswith(entry.purl, concat("", [rule, end]))
}
