# METADATA
# title: Image was not scanned for too long
# description: >
#   What was found then says nothing of the vulnerabilities that became known since.
# custom:
#   id: VUL-008
#   severity: medium
#   family: vulnerabilities
#   input: image/v1
#   needs: [scanned.age_days]
#   remedy: >
#     Scan the image again, regularly: `params.days` is how old a scan may be.
#   standards:
#     nist-800-53: [CA-7, RA-5]
#     nist-800-190: [4.1.1, 4.2.2]
#     cis-docker: ["4.4"]
#     pci-dss: [11.3.1]
#     fedramp: [image-scanning]
#     iso-27001: [A.8.8, A.8.29]
#     soc-2: [CC7.1]
#     hipaa: [164.308(a)(8)]
#     eu-cra: [I-II-3]
#   params:
#     days: 30
package plimsoll.checks.vul_008

import data.plimsoll.lib.result
import rego.v1

limit := data.params["VUL-008"].days

deny contains result.at("scanned", message) if {
	input.scanned.age_days > limit
	message := sprintf("it was scanned %d days ago, %d are allowed", [input.scanned.age_days, limit])
}
