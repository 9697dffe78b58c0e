# METADATA
# title: Licence that limits who may use it or for what
# description: >
#   Source-available and non-commercial terms rule out uses that other licences allow: a service, a competitor, a paid
#   product.
# custom:
#   id: LIC-008
#   severity: high
#   family: licences
#   input: image/v1
#   needs: [licences]
#   remedy: Have the use reviewed or buy a licence; replace the package where neither can be done.
#   standards:
#     nist-800-53: [CM-10]
#     iso-27001: [A.5.32]
package plimsoll.checks.lic_008

import data.plimsoll.lib.finding
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.licence(entry)) if {
	some entry in input.licences
	entry.id == "LIC-008"
}
