# METADATA
# title: Licence that is forbidden
# description: >
#   Its terms ask for more than a product can usually give, or your own policy rules it out. Shipping it can stop the
#   product.
# custom:
#   id: LIC-001
#   severity: high
#   family: licences
#   input: image/v1
#   needs: [licences]
#   remedy: Replace the package, or have somebody who may decide it accept the terms and write that down.
#   standards:
#     nist-800-53: [CM-10]
#     iso-27001: [A.5.32]
#     soc-2: [CC9.2]
#     eu-cra: [13-5]
package plimsoll.checks.lic_001

import data.plimsoll.lib.finding
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.licence(entry)) if {
	some entry in input.licences
	entry.id == "LIC-001"
}
