# METADATA
# title: Signing secret or long-lived token
# description: >
#   Whoever knows the secret that sessions are signed with makes sessions of their own; a token that does not expire
#   stays good for whoever finds it.
# custom:
#   id: SEC-009
#   severity: medium
#   family: secrets
#   input: image/v1
#   needs: [secrets, gaps]
#   remedy: Make a new secret at each place where the image runs, and use tokens that expire soon.
package plimsoll.checks.sec_009

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.id == "SEC-009"
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
