# METADATA
# title: Recommended packages installed too
# description: >
#   apt installs what a package recommends along with it. Nobody chose these packages, nobody uses them, and each has
#   flaws of its own.
# custom:
#   id: BLD-013
#   severity: low
#   family: build
#   input: image/v1
#   needs: [steps]
#   remedy: >
#     Add `--no-install-recommends`, and name what is needed.
#   aliases: [DS-0029]
#   standards:
#     cis-docker: ["4.3"]
package plimsoll.checks.bld_013

import data.plimsoll.lib.build
import data.plimsoll.lib.result
import rego.v1

deny contains result.step(found.step, message) if {
	not configured
	some found in build.commands(build.kept(input.steps))
	command := found.command
	build.manager(command) == "apt"
	"install" in command.arguments
	not declines(command)
	message := sprintf("`%s` takes recommended packages too", [build.shown(command)])
}

declines(command) if "--no-install-recommends" in command.arguments

declines(command) if {
	some word in command.arguments
	regex.match(`^(-o)?apt::install-recommends=(0|false|no)`, lower(word))
}

# A step that says so for all later ones.
configured if {
	some step in input.steps
	contains(lower(step.text), "install-recommends")
	contains(step.text, "/etc/apt/")
}

not_assessed contains reason if some reason in build.undecided(input.steps)
