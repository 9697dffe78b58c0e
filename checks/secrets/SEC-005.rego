# METADATA
# title: Login for a package index in the image
# description: >
#   It reads private packages, and where it may publish, it changes what others install.
# custom:
#   id: SEC-005
#   severity: high
#   family: secrets
#   input: image/v1
#   needs: [secrets, gaps]
#   remedy: Revoke it, and pass it to the build as a secret (`RUN --mount=type=secret`).
#   standards:
#     nist-800-53: [IA-5, IA-5(7)]
package plimsoll.checks.sec_005

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.id == "SEC-005"
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
