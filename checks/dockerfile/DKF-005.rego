# METADATA
# title: Name of a stage given twice
# description: >
#   Stages are named to be copied from and built upon. With a name that two of them have, it depends on the place of the
#   reader which one is meant, and a change of order changes the image in silence.
# custom:
#   id: DKF-005
#   severity: medium
#   family: dockerfile
#   input: dockerfile/v1
#   needs: [stages, path, errors]
#   remedy: >
#     Give each stage a name of its own.
#   aliases: [DS-0012]
package plimsoll.checks.dkf_005

import data.plimsoll.lib.dockerfile
import data.plimsoll.lib.result
import rego.v1

deny contains result.line(input.path, stage.line, message) if {
	some stage in input.stages
	some earlier in input.stages
	earlier.index < stage.index
	is_string(earlier.name)
	is_string(stage.name)
	lower(earlier.name) == lower(stage.name)
	message := sprintf("the name %q is that of the stage in line %d already", [stage.name, earlier.line])
}

not_assessed contains reason if some reason in dockerfile.unread(input.errors)
