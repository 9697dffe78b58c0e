# METADATA
# title: Several sources, and a target that is not written as a folder
# description: >
#   Builders want a target that ends with a slash when several files are copied. Without it the build fails, or does so
#   as soon as a pattern matches more than one file.
# custom:
#   id: DKF-006
#   severity: low
#   family: dockerfile
#   input: dockerfile/v1
#   needs: [stages, path, errors]
#   remedy: >
#     End the target with a slash.
#   aliases: [DS-0011]
package plimsoll.checks.dkf_006

import data.plimsoll.lib.dockerfile
import data.plimsoll.lib.result
import rego.v1

deny contains result.line(input.path, instruction.line, message) if {
	some found in dockerfile.instructions(input.stages)
	instruction := found.instruction
	instruction.kind in {"COPY", "ADD"}
	count(instruction.arguments) > 2
	target := instruction.arguments[count(instruction.arguments) - 1]
	not regex.match(`/$|(^|/)\.$|\$`, target)
	message := sprintf("%d sources are copied to %s", [count(instruction.arguments) - 1, target])
}

not_assessed contains reason if some reason in dockerfile.unread(input.errors)
