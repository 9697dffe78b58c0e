# METADATA
# title: Secret in a label
# description: >
#   Labels, annotations and the author's name are told to everybody who may see that the image exists, before they pull
#   anything.
# custom:
#   id: SEC-014
#   severity: high
#   family: secrets
#   input: image/v1
#   needs: [secrets, config]
#   remedy: Take it out of the label, push again, delete the old image, and make a new secret.
#   standards:
#     cis-docker: ["4.10"]
package plimsoll.checks.sec_014

import data.plimsoll.lib.finding
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.found_in == "label"
}
