# METADATA
# title: Secret in a layer below
# description: >
#   Deleting a file in a later step only hides it. Every layer can be downloaded by itself, with what is in it.
# custom:
#   id: SEC-013
#   severity: high
#   family: secrets
#   input: image/v1
#   needs: [secrets, gaps]
#   remedy: Build again without the file ever being copied, push, delete the old image, and make a new secret.
#   standards:
#     cis-docker: ["4.10"]
#     disa-container: [CCI-002367]
#     nist-800-190: ["4.1.4"]
package plimsoll.checks.sec_013

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.hidden
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
