# METADATA
# title: Distribution upgraded to another release while building
# description: >
#   Upgrading a whole release in a build gives another result each day, which no tag of the base names, and removes
#   packages as it sees fit. Both layers stay in the image: the old files and the new ones.
# custom:
#   id: BLD-005
#   severity: low
#   family: build
#   input: image/v1
#   needs: [steps]
#   remedy: >
#     Start from a base image of the release that is wanted.
#   aliases: [DKL-DI-0003, DS-0024]
package plimsoll.checks.bld_005

import data.plimsoll.lib.build
import data.plimsoll.lib.result
import rego.v1

deny contains result.step(found.step, message) if {
	some found in build.commands(input.steps)
	upgrades(found.command)
	message := sprintf("`%s` upgrades the release", [build.shown(found.command)])
}

upgrades(command) if command.program == "do-release-upgrade"

upgrades(command) if {
	some word in command.arguments
	word in words[build.manager(command)]
}

words := {
	"apt": {"dist-upgrade", "full-upgrade"},
	"dnf": {"system-upgrade", "distro-sync", "distribution-synchronization"},
	"zypper": {"dist-upgrade", "dup"},
}

not_assessed contains reason if some reason in build.undecided(input.steps)
