# METADATA
# title: Vulnerability that is being exploited
# description: >
#   Attacks that use it were seen. It is not a question of whether somebody tries, but of when.
# custom:
#   id: VUL-003
#   severity: critical
#   family: vulnerabilities
#   input: image/v1
#   needs: [vulnerabilities, gaps]
#   remedy: >
#     Fix these first: upgrade, rebuild, or take the package out.
#   standards:
#     nist-800-53: [RA-5]
#     nist-800-190: [4.1.1, 4.4.4]
#     fedramp: [exploited]
#     iso-27001: [A.8.8]
#     soc-2: [CC3.2, CC7.3]
#     hipaa: [164.308(a)(1)(ii)(A)]
#     eu-cra: [I-I-2-a, "14"]
#     bod-26-04: [exploited]
package plimsoll.checks.vul_003

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, message) if {
	some entry in input.vulnerabilities
	known(entry)
	message := sprintf("%s is exploited%s%s", [finding.vulnerability(entry), ransom(entry), due(entry)])
}

known(entry) if entry.exploited

known(entry) if entry.ransomware

ransom(entry) := ", also by ransomware" if entry.ransomware

ransom(entry) := "" if not entry.ransomware

due(entry) := sprintf("; CISA wants it fixed by %s", [entry.exploited_due]) if {
	object.get(entry, "exploited_due", "") != ""
} else := ""

not_assessed contains reason if some reason in gap.blind(input.gaps)
