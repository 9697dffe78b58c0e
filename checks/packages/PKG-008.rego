# METADATA
# title: The distribution gets no more fixes
# description: >
#   Nobody mends its packages any more, and often nobody even writes down what is wrong with them: that a scan finds
#   little says nothing then.
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
	message := sprintf("%s %s is past its end of life%s", [entry.name, entry.version, since(entry)])
}

not_assessed contains "no distribution was recognised" if not is_string(id)

not_assessed contains "nothing is known of how long this distribution is supported" if {
	is_string(id)
	object.get(input.os, "dates_known", true) == false
}

id := object.get(input.os, "id", null)

since(entry) := sprintf(", %s", [entry.end_of_life]) if entry.end_of_life != ""

since(entry) := "" if entry.end_of_life == ""
