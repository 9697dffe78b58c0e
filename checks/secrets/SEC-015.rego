# METADATA
# title: Default secret of a framework
# description: >
#   It stands in the framework's manual. Whoever knows it makes valid sessions or decrypts what is stored.
# custom:
#   id: SEC-015
#   severity: high
#   family: secrets
#   input: image/v1
#   needs: [secrets, gaps]
#   remedy: Make a secret of your own for each place where the image runs.
#   standards:
#     eu-cra: [I-I-2-b]
#     pci-dss: ["2.2.2"]
package plimsoll.checks.sec_015

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.id == "SEC-015"
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
