# METADATA
# title: Started with a safeguard switched off
# description: >
#   The image's own command line tells the program to do without a password, a sandbox or the verification of the other
#   side, wherever it is run.
# custom:
#   id: CFG-018
#   severity: medium
#   family: image
#   input: image/v1
#   needs: [config.entrypoint, config.command]
#   remedy: Remove the switch; where it is needed for a while, give it to that one container.
#   standards:
#     eu-cra: [I-I-2-b]
#     pci-dss: ["2.2.6"]
package plimsoll.checks.cfg_018

import data.plimsoll.lib.command
import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("%s.%s", [place, switch]), message) if {
	some place, words in command.lists(input.config)
	text := command.plain(words)
	some switch in data.lists["insecure-arguments"]
	some form in [switch, concat("", [switch, "=true"]), concat("", [switch, "=1"])]
	command.says(text, form)
	message := sprintf("it is started with %s", [switch])
}
