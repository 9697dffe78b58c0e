# METADATA
# title: Licence that wants the source of changed files
# description: >
#   Who changes files of the package and passes them on has to offer these files.
# custom:
#   id: LIC-003
#   severity: low
#   family: licences
#   input: image/v1
#   needs: [licences]
#   remedy: Keep changes apart, and publish them with the image.
package plimsoll.checks.lic_003

import data.plimsoll.lib.finding
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.licence(entry)) if {
	some entry in input.licences
	entry.id == "LIC-003"
}
