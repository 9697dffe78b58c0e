# METADATA
# title: Vulnerability that everybody asks about
# description: >
#   After an outbreak the question is not how grave it is, but whether we have it. Here the answer is yes.
# custom:
#   id: VUL-011
#   severity: critical
#   family: vulnerabilities
#   input: image/v1
#   needs: [vulnerabilities, gaps]
#   remedy: >
#     Fix it, tell who asks, and look at whether it was used before. The list is `data/outbreaks.yaml`; entries can be
#     added.
package plimsoll.checks.vul_011

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, message) if {
	some entry in input.vulnerabilities
	known_as := sort([name | some id in finding.names(entry); some listed, name in data.lists.outbreaks; listed == id])
	count(known_as) > 0
	message := sprintf("%s is %s", [finding.vulnerability(entry), known_as[0]])
}

not_assessed contains reason if some reason in gap.blind(input.gaps)
