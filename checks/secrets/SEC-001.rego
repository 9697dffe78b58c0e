# METADATA
# title: Private key in the image
# description: >
#   Whoever pulls the image has the key, and can pose as its owner, read what is meant for them and sign in their name.
# custom:
#   id: SEC-001
#   severity: critical
#   family: secrets
#   input: image/v1
#   needs: [secrets, gaps]
#   remedy: Take the key out of the build, mount it at run time, and replace it together with its certificate.
#   standards:
#     nist-800-53: [IA-5, IA-5(7)]
#     nist-800-190: [4.1.4]
#     cis-docker: ["4.10"]
#     pci-dss: [8.3.2, 8.6.2]
#     disa-container: [CCI-002367]
#     iso-27001: [A.8.12]
#     soc-2: [CC6.1]
#     hipaa: [164.312(a)(1)]
#     eu-cra: [I-I-2-d]
package plimsoll.checks.sec_001

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.id == "SEC-001"
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
