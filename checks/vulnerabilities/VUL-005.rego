# METADATA
# title: Score at or above the limit
# description: >
#   Some rules go by the CVSS base score alone: everything from a number on fails, whatever else is known.
# custom:
#   id: VUL-005
#   severity: medium
#   family: vulnerabilities
#   input: image/v1
#   needs: [vulnerabilities, gaps]
#   remedy: Upgrade the package. The limit is `params.score`; scans after PCI DSS use 4.0.
#   standards:
#     pci-dss: ["11.3.2"]
#   params:
#     score: null
package plimsoll.checks.vul_005

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

limit := data.params["VUL-005"].score

deny contains result.finding(entry, message) if {
	is_number(limit)
	some entry in input.vulnerabilities
	is_number(entry.cvss)
	entry.cvss >= limit
	message := sprintf("%s has the score %v, the limit is %v", [finding.vulnerability(entry), entry.cvss, limit])
}

not_assessed contains "no limit is given (params.score)" if not is_number(limit)

not_assessed contains message if {
	is_number(limit)
	bare := [entry | some entry in input.vulnerabilities; not is_scored(entry)]
	count(bare) > 0
	message := sprintf("vulnerabilities without a score: %d, %s among them", [count(bare), bare[0].id])
}

is_scored(entry) if is_number(entry.cvss)

not_assessed contains reason if some reason in gap.blind(input.gaps)
