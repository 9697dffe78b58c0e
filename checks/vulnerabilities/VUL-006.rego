# METADATA
# title: Likely to be exploited soon
# description: >
#   EPSS works out how likely attacks within the next thirty days are, from what was seen of others. Few vulnerabilities
#   reach a tenth.
# custom:
#   id: VUL-006
#   severity: high
#   family: vulnerabilities
#   input: image/v1
#   needs: [vulnerabilities, gaps]
#   remedy: Fix these before others of the same severity. The limit is `params.probability`.
#   params:
#     probability: 0.1
package plimsoll.checks.vul_006

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

limit := data.params["VUL-006"].probability

deny contains result.finding(entry, message) if {
	some entry in input.vulnerabilities
	is_number(entry.epss)
	entry.epss >= limit
	message := sprintf(
		"%s is exploited within thirty days with a probability of %d %%",
		[finding.vulnerability(entry), floor(entry.epss * 100)],
	)
}

not_assessed contains "the data has no probabilities of exploitation" if {
	count(input.vulnerabilities) > 0
	count([entry | some entry in input.vulnerabilities; is_number(entry.epss)]) == 0
}

not_assessed contains reason if some reason in gap.blind(input.gaps)
