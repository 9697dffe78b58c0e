# METADATA
# title: Downloaded script run without a look
# description: >
#   A script that goes from the network straight into an interpreter runs as root in the build, whatever it is that day.
#   A server that is taken over, or a connection that breaks off half way, ends in the image without trace.
# custom:
#   id: BLD-007
#   severity: high
#   family: build
#   input: image/v1
#   needs: [steps]
#   remedy: >
#     Download a fixed version to a file, compare its checksum, and run it then; or install a package.
#   standards:
#     nist-800-53: [SI-7(15)]
package plimsoll.checks.bld_007

import data.plimsoll.lib.build
import data.plimsoll.lib.result
import rego.v1

deny contains result.step(found.step, message) if {
	some found in build.commands(input.steps)
	reads_script(found.command)
	found.command.piped_to == true
	some source in found.step.commands
	source.pipeline == found.command.pipeline
	downloads(source)
	message := sprintf("what `%s` fetches is run by %s", [build.shown(source), found.command.program])
}

deny contains result.step(step, message) if {
	some step in input.steps
	some source in step.commands
	downloads(source)
	user := step.commands[source.feeds]
	runs_text(user)
	message := sprintf("what `%s` fetches is run by %s", [build.shown(source), user.program])
}

downloads(command) if command.program in {"curl", "wget", "fetch", "aria2c", "lwp-download"}

shells := {"sh", "bash", "ash", "dash", "zsh", "ksh"}

interpreters := {"python", "python2", "python3", "perl", "ruby", "node", "php", "pwsh"}

# It runs what it reads, rather than a program that it is given.
reads_script(command) if {
	command.program in shells
	"-s" in command.arguments
}

reads_script(command) if {
	command.program in shells
	every word in command.arguments {
		regex.match(`^-$|^-[abefhkmnptuvxl]+$|^--[a-z]+$|^/dev/stdin$`, word)
	}
}

reads_script(command) if {
	command.program in interpreters
	every word in command.arguments {
		regex.match(`^-$|^-[uB]$|^/dev/stdin$`, word)
	}
}

runs_text(command) if command.program in shells

runs_text(command) if command.program in {"eval", "source", "."}

runs_text(command) if command.program in interpreters

not_assessed contains reason if some reason in build.undecided(input.steps)
