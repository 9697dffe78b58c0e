# METADATA
# title: Package without a known licence
# description: >
#   Without a licence nobody may use it, and nobody can say what it asks for.
# custom:
#   id: LIC-004
#   severity: low
#   family: licences
#   input: image/v1
#   needs: [licences]
#   remedy: Ask who made it, and write the answer into the policy for licences.
#   standards:
#     nist-800-53: [CM-10]
package plimsoll.checks.lic_004

import data.plimsoll.lib.finding
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.licence(entry)) if {
	some entry in input.licences
	entry.id == "LIC-004"
}
