# METADATA
# title: More than one HEALTHCHECK in a stage
# description: >
#   Only the last HEALTHCHECK of a stage counts. An earlier one looks like supervision that does not take place.
# custom:
#   id: DKF-003
#   severity: low
#   family: dockerfile
#   input: dockerfile/v1
#   needs: [stages, path, errors]
#   remedy: >
#     Keep the HEALTHCHECK that is meant, and delete the others.
#   aliases: [DS-0023]
package plimsoll.checks.dkf_003

import data.plimsoll.lib.dockerfile
import data.plimsoll.lib.result
import rego.v1

deny contains result.line(input.path, instruction.line, message) if {
	some stage in input.stages
	found := dockerfile.of_kind(stage, "HEALTHCHECK")
	some index, instruction in found
	index < count(found) - 1
	message := sprintf("%s has a later HEALTHCHECK in line %d", [dockerfile.named(stage), found[count(found) - 1].line])
}

not_assessed contains reason if some reason in dockerfile.unread(input.errors)
