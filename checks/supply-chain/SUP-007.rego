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
#     `params.level` for the least SLSA level: 1 asks for provenance, 2 for one that a given key signed; which builders are of
#     level 3 is for you to say.
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
	is_number(entry.level)
	entry.level < min([policy.level, 2])
	message := sprintf("the provenance shows level %d, below %d", [entry.level, policy.level])
}

not_assessed contains "no trusted builder or level is given (params.builders, params.level)" if {
	count(policy.builders) == 0
	policy.level == 0
}

# Anybody can write a builder's name into a statement that nobody vouches for.
not_assessed contains "the provenance was not verified (--verify-key gives the key of its signer)" if {
	has_policy
	some entry in input.evidence.provenance
	entry.valid != true
}

not_assessed contains "no provenance shows that a builder is hardened (level 3); name the builders that are" if {
	policy.level > 2
	count(policy.builders) == 0
}

has_policy if count(policy.builders) > 0

has_policy if policy.level > 1

policy := data.params["SUP-007"]

not_assessed contains "no provenance is attached" if count(input.evidence.provenance) == 0
