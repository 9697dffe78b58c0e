# METADATA
# title: Waiver that has ended or is about to
# description: >
#   A decision that has lapsed is none. What it covered counts again, and often comes as a surprise.
# custom:
#   id: VUL-013
#   severity: medium
#   family: vulnerabilities
#   input: image/v1
#   needs: [waivers]
#   remedy: >
#     Fix what the waiver is for, or decide anew and write down until when; `params.days` is how early this check tells.
#   standards:
#     hipaa: ["164.308(a)(1)(ii)(B)"]
#   params:
#     days: 14
package plimsoll.checks.vul_013

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("waiver %s", [waiver.id]), message) if {
	some waiver in input.waivers
	is_number(waiver.days_left)
	waiver.days_left < 0
	message := sprintf("the waiver for %s ended on %s", [waiver.id, waiver.expires])
}

deny contains result.rated(result.at(sprintf("waiver %s", [waiver.id]), message), "low") if {
	some waiver in input.waivers
	waiver.days_left >= 0
	waiver.days_left <= data.params["VUL-013"].days
	message := sprintf("the waiver for %s ends on %s", [waiver.id, waiver.expires])
}
