# METADATA
# title: Licence that is not written as SPDX has it
# description: >
#   Programs read such words in different ways, so the inventories of two tools differ.
# custom:
#   id: LIC-005
#   severity: negligible
#   family: licences
#   input: image/v1
#   needs: [licences]
#   remedy: Write the licence as an SPDX expression where the package is yours.
package plimsoll.checks.lic_005

import data.plimsoll.lib.finding
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.licence(entry)) if {
	some entry in input.licences
	entry.id == "LIC-005"
}
