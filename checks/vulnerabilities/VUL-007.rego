# METADATA
# title: Grave vulnerability without a fix and without a decision
# description: >
#   Nothing can be installed against it, so somebody has to decide: live with it, work around it, or take the package
#   out. Nobody has.
# custom:
#   id: VUL-007
#   severity: medium
#   family: vulnerabilities
#   input: image/v1
#   needs: [vulnerabilities, gaps]
#   remedy: Write the decision down in a waiver or a VEX document, or take the package out.
#   standards:
#     disa-container: [baseline]
#     eu-cra: [I-I-2-a]
#     hipaa: ["164.308(a)(1)(ii)(B)"]
#     iso-27001: [A.8.8]
#     soc-2: [CC7.3]
package plimsoll.checks.vul_007

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, message) if {
	some entry in input.vulnerabilities
	entry.severity in {"critical", "high"}
	not entry.fixable
	not entry.muted
	message := sprintf("%s is %s, has no fix, and nobody decided about it", [finding.vulnerability(entry), entry.severity])
}

not_assessed contains reason if some reason in gap.blind(input.gaps)
