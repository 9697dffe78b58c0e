# METADATA
# title: More than one ENTRYPOINT in a stage
# description: >
#   Only the last ENTRYPOINT of a stage counts. Whoever reads an earlier one believes that the container starts
#   something else than it does.
# custom:
#   id: DKF-002
#   severity: medium
#   family: dockerfile
#   input: dockerfile/v1
#   needs: [stages, path, errors]
#   remedy: >
#     Keep the ENTRYPOINT that is meant, and delete the others.
#   aliases: [DS-0007]
package plimsoll.checks.dkf_002

import data.plimsoll.lib.dockerfile
import data.plimsoll.lib.result
import rego.v1

deny contains result.line(input.path, instruction.line, message) if {
	some stage in input.stages
	found := dockerfile.of_kind(stage, "ENTRYPOINT")
	some index, instruction in found
	index < count(found) - 1
	message := sprintf("%s has a later ENTRYPOINT in line %d", [dockerfile.named(stage), found[count(found) - 1].line])
}

not_assessed contains reason if some reason in dockerfile.unread(input.errors)
