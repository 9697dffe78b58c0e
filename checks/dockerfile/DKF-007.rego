# METADATA
# title: cd instead of WORKDIR
# description: >
#   A cd counts for its own RUN only. The next instruction is in the old folder again, which is read over easily.
# custom:
#   id: DKF-007
#   severity: negligible
#   family: dockerfile
#   input: dockerfile/v1
#   needs: [stages, path, errors]
#   remedy: >
#     Name the folder with WORKDIR before the RUN.
#   aliases: [DS-0013]
package plimsoll.checks.dkf_007

import data.plimsoll.lib.dockerfile
import data.plimsoll.lib.result
import rego.v1

deny contains result.line(input.path, instruction.line, message) if {
	some found in dockerfile.instructions(input.stages)
	instruction := found.instruction
	instruction.kind == "RUN"
	command := instruction.commands[0]
	command.program == "cd"
	some folder in command.arguments
	startswith(folder, "/")
	message := sprintf("RUN begins with `cd %s`", [folder])
}

not_assessed contains reason if some reason in dockerfile.unread(input.errors)
