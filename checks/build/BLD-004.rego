# METADATA
# title: sudo used while building
# description: >
#   A build runs as root unless it says otherwise. sudo in it means that the tool is in the image, often with rules that
#   need no password, and that one has to read its configuration to know who did what.
# custom:
#   id: BLD-004
#   severity: low
#   family: build
#   input: image/v1
#   needs: [steps]
#   remedy: >
#     Switch accounts with USER before and after the steps that need root, and leave sudo out of the image.
#   aliases: [DKL-DI-0001, DS-0010]
package plimsoll.checks.bld_004

import data.plimsoll.lib.build
import data.plimsoll.lib.result
import rego.v1

deny contains result.step(found.step, message) if {
	some found in build.commands(input.steps)
	uses_sudo(found.command)
	message := sprintf("`%s` runs through sudo", [build.shown(found.command)])
}

uses_sudo(command) if "sudo" in command.through

uses_sudo(command) if command.program == "sudo"

not_assessed contains reason if some reason in build.undecided(input.steps)
