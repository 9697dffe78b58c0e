# METADATA
# title: Credential of a cluster in the image
# description: >
#   It talks to the cluster with somebody's rights, which are often an administrator's.
# custom:
#   id: SEC-006
#   severity: critical
#   family: secrets
#   input: image/v1
#   needs: [secrets, gaps]
#   remedy: Revoke it, and let pods use their own service accounts.
#   standards:
#     nist-800-53: [IA-5, IA-5(7)]
#     nist-800-190: [4.1.4]
#     disa-container: [CCI-002367]
package plimsoll.checks.sec_006

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.id == "SEC-006"
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
