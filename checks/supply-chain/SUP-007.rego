# METADATA
# title: Built by another builder than you trust
# description: >
#   A builder that others may change can put anything into an image and write whatever it likes about it.
# custom:
#   id: SUP-007
#   severity: medium
#   family: supply-chain
#   input: image/v1
#   needs: [evidence.provenance]
#   remedy: >
#     Move the build to a builder that you trust, or name this one: `params.builders` (a star stands for any end),
#     `params.level` for the least SLSA level.
#   standards:
#     nist-800-53: [SA-15, SR-4]
#   params:
#     builders: []
#     level: 0
package plimsoll.checks.sup_007

import data.plimsoll.lib.result
import data.plimsoll.lib.text
import rego.v1

deny contains result.at("evidence.provenance.builder", message) if {
	count(policy.builders) > 0
	some entry in input.evidence.provenance
	builder := object.get(entry, "builder", null)
	trusted := policy.builders
	not text.like_any(trusted, builder)
	message := sprintf("the builder is %v, which is not among the trusted ones", [builder])
}

deny contains result.at("evidence.provenance.level", message) if {
	policy.level > 0
	some entry in input.evidence.provenance
	level := level_of(entry)
	level < policy.level
	message := sprintf("the build is of level %d, below %d", [level, policy.level])
}

level_of(entry) := entry.level if is_number(object.get(entry, "level", null))

level_of(entry) := 0 if not is_number(object.get(entry, "level", null))

not_assessed contains "no trusted builder or level is given (params.builders, params.level)" if {
	count(policy.builders) == 0
	policy.level == 0
}

policy := data.params["SUP-007"]

not_assessed contains "no provenance is attached" if count(input.evidence.provenance) == 0
