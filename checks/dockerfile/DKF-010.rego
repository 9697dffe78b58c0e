# METADATA
# title: Installer may wait for an answer
# description: >
#   Nobody is there to answer during a build. An installer that asks stops it, or is answered by the end of its input.
# custom:
#   id: DKF-010
#   severity: negligible
#   family: dockerfile
#   input: dockerfile/v1
#   needs: [stages, path, errors]
#   remedy: >
#     Give the option that says yes: `apt-get install -y`, `dnf install -y`, `zypper --non-interactive install`.
#   aliases: [DS-0021]
package plimsoll.checks.dkf_010

import data.plimsoll.lib.build
import data.plimsoll.lib.dockerfile
import data.plimsoll.lib.result
import rego.v1

deny contains result.line(input.path, instruction.line, message) if {
	some found in dockerfile.instructions(input.stages)
	instruction := found.instruction
	instruction.kind == "RUN"
	some command in instruction.commands
	build.manager(command) in {"apt", "dnf", "zypper"}
	build.installs(command)
	not answers(command)
	not answered(command)
	message := sprintf("`%s` may ask", [build.shown(command)])
}

answers(command) if {
	some word in command.arguments
	regex.match(`^-[a-zA-Z]*y[a-zA-Z]*$|^--(yes|assume-yes|assumeyes|non-interactive|no-confirm)$|^-qq|^--quiet=2$`, word)
}

answers(command) if {
	build.manager(command) == "zypper"
	"-n" in command.arguments
}

# `yes | apt-get install …`
answered(command) if command.piped_to == true

not_assessed contains reason if some reason in dockerfile.unread(input.errors)
