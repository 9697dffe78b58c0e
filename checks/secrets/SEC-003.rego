# METADATA
# title: Token for source code or builds in the image
# description: >
#   It reads private code, and often changes it or what is built of it, for everybody who uses that.
# custom:
#   id: SEC-003
#   severity: critical
#   family: secrets
#   input: image/v1
#   needs: [secrets, gaps]
#   remedy: Revoke it, and pass tokens to the build as secrets (`RUN --mount=type=secret`).
#   standards:
#     nist-800-53: [IA-5(7)]
#     nist-800-190: [4.1.4]
#     cis-docker: ["4.10"]
#     disa-container: [CCI-002367]
#     eu-cra: [I-I-2-d]
package plimsoll.checks.sec_003

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.id == "SEC-003"
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
