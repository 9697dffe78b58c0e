# METADATA
# title: Critical vulnerability that has a fix
# description: >
#   The fix is there, and so is what it fixes for everybody to read. What is left is the time until somebody uses it.
# custom:
#   id: VUL-001
#   severity: critical
#   family: vulnerabilities
#   input: image/v1
#   needs: [vulnerabilities, gaps]
#   remedy: Upgrade the package to a version with the fix, or rebuild on a newer base image.
#   standards:
#     nist-800-53: [RA-5, SI-2]
#     nist-800-190: [4.1.1]
#     cis-docker: ["4.4"]
#     pci-dss: [6.3.1, 11.3.1]
#     iso-27001: [A.8.8, A.8.29]
#     soc-2: [CC7.1]
#     hipaa: [164.308(a)(1)(ii)(A)]
#     eu-cra: [I-I-2-a]
#     nsa-cisa: [image-scanning]
package plimsoll.checks.vul_001

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, message) if {
	some entry in input.vulnerabilities
	entry.severity == "critical"
	entry.fixable
	message := sprintf("%s is critical, and %s", [finding.vulnerability(entry), finding.fixed(entry)])
}

not_assessed contains reason if some reason in gap.blind(input.gaps)
