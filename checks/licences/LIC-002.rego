# METADATA
# title: Licence that wants the source of the whole
# description: >
#   Who passes the software on has to offer the source of what it is part of as well.
# custom:
#   id: LIC-002
#   severity: medium
#   family: licences
#   input: image/v1
#   needs: [licences]
#   remedy: Have it reviewed how the package is used, and keep the source ready; replace it where that cannot be done.
#   standards:
#     nist-800-53: [CM-10]
#     iso-27001: [A.5.32]
package plimsoll.checks.lic_002

import data.plimsoll.lib.finding
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.licence(entry)) if {
	some entry in input.licences
	entry.id == "LIC-002"
}
