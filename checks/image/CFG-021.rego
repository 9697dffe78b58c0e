# METADATA
# title: A debugger waits for whoever connects
# description: >
#   A debugger asks for no password and runs what it is told. Whoever reaches its port owns the program and what it may
#   do.
# custom:
#   id: CFG-021
#   severity: high
#   family: image
#   input: image/v1
#   needs: [config.env, config.entrypoint, config.command]
#   remedy: Remove the debugger from the environment and the command; where it is needed, bind it to 127.0.0.1.
#   standards:
#     pci-dss: ["6.2.4"]
package plimsoll.checks.cfg_021

import data.plimsoll.lib.command
import data.plimsoll.lib.result
import rego.v1

deny contains result.at(place, message) if {
	some place, text in texts
	some debugger in data.lists.debuggers
	every pattern in debugger.patterns {
		regex.match(pattern, text)
	}
	message := sprintf("%s listens for the network", [debugger.name])
}

texts[place] := entry.value if {
	some entry in input.config.env
	place := sprintf("config.env.%s", [entry.name])
}

texts[place] := concat(" ", words) if some place, words in command.lists(input.config)
