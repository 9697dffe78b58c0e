# METADATA
# title: Credential of a cloud in the image
# description: >
#   It opens the account behind it to everybody who pulls the image: data, machines and bills.
# custom:
#   id: SEC-002
#   severity: critical
#   family: secrets
#   input: image/v1
#   needs: [secrets, gaps]
#   remedy: Revoke it, and let the workload's own identity (roles for pods or instances) take its place.
#   standards:
#     nist-800-53: [IA-5(7)]
#     nist-800-190: [4.1.4]
#     cis-docker: ["4.10"]
#     pci-dss: [8.6.2]
#     disa-container: [CCI-002367]
#     soc-2: [CC6.1]
#     hipaa: [164.312(a)(1)]
#     eu-cra: [I-I-2-d]
package plimsoll.checks.sec_002

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.id == "SEC-002"
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
