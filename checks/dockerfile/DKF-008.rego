# METADATA
# title: EXPOSE of a port that does not exist
# description: >
#   Ports go from 1 to 65535. Another number is a slip, and the port that is meant is not exposed.
# custom:
#   id: DKF-008
#   severity: low
#   family: dockerfile
#   input: dockerfile/v1
#   needs: [stages, path, errors]
#   remedy: >
#     Write the port that the program listens on.
#   aliases: [DS-0008]
package plimsoll.checks.dkf_008

import data.plimsoll.lib.dockerfile
import data.plimsoll.lib.result
import rego.v1

deny contains result.line(input.path, instruction.line, message) if {
	some found in dockerfile.instructions(input.stages)
	instruction := found.instruction
	instruction.kind == "EXPOSE"
	some argument in instruction.arguments
	some port in split(split(argument, "/")[0], "-")
	not contains(argument, "$")
	not valid(port)
	message := sprintf("EXPOSE %s: there is no port %q", [argument, port])
}

valid(port) if {
	regex.match(`^[0-9]{1,6}$`, port)
	number := to_number(port)
	number > 0
	number < 65536
}

not_assessed contains reason if some reason in dockerfile.unread(input.errors)
