# METADATA
# title: Package from a maker that nobody approved
# description: >
#   The distribution's advisories do not speak of packages that others built, and who they are was perhaps never asked.
# custom:
#   id: PKG-010
#   severity: medium
#   family: packages
#   input: image/v1
#   needs: [packages]
#   remedy: >
#     Take the package from the distribution, or add who made it to `params.approved`, as the package names them; a star
#     stands for any end.
#   standards:
#     nist-800-53: [SR-3, SR-11]
#     cis-docker: ["4.11"]
#     iso-27001: [A.5.19]
#   params:
#     approved: []
package plimsoll.checks.pkg_010

import data.plimsoll.lib.result
import data.plimsoll.lib.text
import rego.v1

deny contains result.of_package(entry, message) if {
	count(approved) > 0
	some entry in strangers
	maker := entry.maintainer
	maker != ""
	not text.like_any(approved, maker)
	message := sprintf("%s is made by %s", [entry.name, maker])
}

not_assessed contains "no list of approved makers is given (params.approved)" if {
	count(approved) == 0
	count(strangers) > 0
}

not_assessed contains reason if {
	count(approved) > 0
	nameless := [entry | some entry in strangers; object.get(entry, "maintainer", "") == ""]
	count(nameless) > 0
	reason := sprintf("packages that do not say who made them: %d, %s among them", [count(nameless), nameless[0].name])
}

# The distribution itself was chosen with the base image.
strangers := [entry |
	some entry in input.packages
	entry.system
	entry.presence == "installed"
	entry.origin != "vendor"
]

approved := data.params["PKG-010"].approved
