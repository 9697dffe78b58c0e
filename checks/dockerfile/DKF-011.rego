# METADATA
# title: Both curl and wget used
# description: >
#   Either of them downloads whatever the other does. A second one is another program in the image to keep up to date.
# custom:
#   id: DKF-011
#   severity: negligible
#   family: dockerfile
#   input: dockerfile/v1
#   needs: [stages, path, errors]
#   remedy: >
#     Use one of them, and install no more.
#   aliases: [DS-0014]
package plimsoll.checks.dkf_011

import data.plimsoll.lib.dockerfile
import data.plimsoll.lib.result
import rego.v1

deny contains result.line(input.path, instruction.line, message) if {
	some stage in input.stages
	count(used(stage, "curl")) > 0
	lines := used(stage, "wget")
	some instruction in stage.instructions
	instruction.line == min(lines)
	message := sprintf("%s uses wget here, and curl in line %d", [dockerfile.named(stage), min(used(stage, "curl"))])
}

used(stage, program) := {instruction.line |
	some instruction in stage.instructions
	instruction.kind == "RUN"
	some command in instruction.commands
	command.program == program
}

not_assessed contains reason if some reason in dockerfile.unread(input.errors)
