# METADATA
# title: Connection with a password in the image
# description: >
#   The address, the user and the password of a data store stand together, ready to use.
# custom:
#   id: SEC-007
#   severity: high
#   family: secrets
#   input: image/v1
#   needs: [secrets, gaps]
#   remedy: Change the password, and give the connection at run time.
#   standards:
#     nist-800-190: ["4.1.4"]
#     pci-dss: ["8.6.2"]
package plimsoll.checks.sec_007

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.id == "SEC-007"
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
