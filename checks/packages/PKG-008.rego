# METADATA
# title: The distribution gets no more fixes
# description: >
#   Nobody mends its packages any more, and often nobody even writes down what is wrong with them: that a scan finds
#   little says nothing then. A release that somebody goes on mending for everybody who has it (Debian LTS), or for this
#   image by a channel that it has turned on, passes until that ends; one that only subscribers get fixes for does not.
# custom:
#   id: PKG-008
#   severity: high
#   family: packages
#   input: image/v1
#   needs: [outdated, os]
#   remedy: Move to a release that is supported, and plan the next move before its end.
#   standards:
#     nist-800-53: [SA-22, SI-2, SI-2(6)]
#     nist-800-190: [4.1.1]
#     iso-27001: [A.8.8]
#     eu-cra: [13-8]
package plimsoll.checks.pkg_008

import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, message) if {
	some entry in input.outdated
	entry.of == "distribution"
	entry.why == "end-of-life"
	not goes_on(entry)
	message := concat("", [past(entry), subscribers(entry)])
}

expected contains concat("", [past(entry), ", and gets fixes", until(entry)]) if {
	some entry in input.outdated
	entry.of == "distribution"
	entry.why == "end-of-life"
	goes_on(entry)
}

not_assessed contains "no distribution was recognised" if not is_string(id)

not_assessed contains "nothing is known of how long this distribution is supported" if {
	is_string(id)
	object.get(input.os, "dates_known", true) == false
}

id := object.get(input.os, "id", null)

# The finding itself is low when those who have the image get fixes all the same, medium when subscribers would.
goes_on(entry) if entry.severity == "low"

subscribers(entry) := sprintf("; only subscribers get fixes%s", [until(entry)]) if entry.severity == "medium"

subscribers(entry) := "" if entry.severity != "medium"

past(entry) := sprintf("%s %s is past its end of life%s", [entry.name, entry.version, since(entry)])

until(entry) := sprintf(" until %s", [entry.extended_until]) if entry.extended_until != ""

until(entry) := "" if entry.extended_until == ""

since(entry) := sprintf(", %s", [entry.end_of_life]) if entry.end_of_life != ""

since(entry) := "" if entry.end_of_life == ""
