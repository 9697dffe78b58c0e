# METADATA
# title: A shell is the first process
# description: >
#   The shell that the image starts does not hand signals on, so the program inside is killed rather than asked to stop.
# custom:
#   id: CFG-019
#   severity: negligible
#   family: image
#   input: image/v1
#   needs: [config.entrypoint, config.command]
#   remedy: Write CMD or ENTRYPOINT as a list of words, or begin the script with `exec`.
package plimsoll.checks.cfg_019

import data.plimsoll.lib.command
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.at(place, message) if {
	count(words) > 2
	path.name(words[0]) in {"sh", "ash", "bash", "dash", "ksh", "zsh"}
	regex.match(`^-[a-z]*c$`, words[1])
	script := words[2]
	not regex.match(`(^|[ \t\n;&|])exec[ \t]`, script)
	message := sprintf("%s runs the script and stays the first process", [words[0]])
}

# Words of the command are arguments of the entrypoint where there is one.
place := "config.entrypoint" if count(command.lists(input.config)["config.entrypoint"]) > 0

place := "config.command" if count(command.lists(input.config)["config.entrypoint"]) == 0

words := command.lists(input.config)[place]
