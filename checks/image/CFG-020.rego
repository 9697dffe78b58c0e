# METADATA
# title: Set up for development
# description: >
#   In that mode programs show their own source and state in errors, open consoles, reload code that changes, and skip
#   what makes them safe.
# custom:
#   id: CFG-020
#   severity: medium
#   family: image
#   input: image/v1
#   needs: [config.env, config.entrypoint, config.command]
#   remedy: Build the image with the settings of production; set the others where developers run it.
#   standards:
#     eu-cra: [I-I-2-b]
#     iso-27001: [A.8.25, A.8.31]
#     pci-dss: ["2.2.6", "6.2.4", "6.5.6"]
package plimsoll.checks.cfg_020

import data.plimsoll.lib.command
import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("config.env.%s", [entry.name]), message) if {
	some entry in input.config.env
	some value in settings.names[upper(entry.name)]
	some part in split(lower(entry.value), ",")
	trim_space(part) == value
	message := sprintf("%s is %s", [entry.name, entry.value])
}

deny contains result.at(sprintf("%s.%s", [place, phrase]), message) if {
	some place, words in command.lists(input.config)
	text := command.plain(words)
	some phrase in settings.commands
	command.says(text, phrase)
	message := sprintf("it is started with %s, which is for developers", [phrase])
}

settings := data.lists["development-settings"]
