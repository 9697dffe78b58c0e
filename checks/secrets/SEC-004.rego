# METADATA
# title: Login for a registry in the image
# description: >
#   Whoever has it may push images that others run in good faith.
# custom:
#   id: SEC-004
#   severity: critical
#   family: secrets
#   input: image/v1
#   needs: [secrets, gaps]
#   remedy: Revoke it, and leave logins to the machine that pulls or builds.
#   standards:
#     nist-800-53: [IA-5(7)]
#     nist-800-190: [4.1.4]
#     cis-docker: ["4.10"]
#     disa-container: [CCI-002367]
#     eu-cra: [I-I-2-d]
package plimsoll.checks.sec_004

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.id == "SEC-004"
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
