# METADATA
# title: Password set while building
# description: >
#   A password that is written into the build is the same in every container, and stands in the history for all who can
#   pull the image, in the clear or as a hash to be guessed at leisure.
# custom:
#   id: BLD-011
#   severity: critical
#   family: build
#   input: image/v1
#   needs: [steps, secrets]
#   remedy: >
#     Leave the account locked, as accounts are that are made without a password, and let people in by other means.
#   standards:
#     cis-docker: ["4.10"]
#     disa-container: [CCI-000366]
#     nist-800-53: [IA-5(7)]
package plimsoll.checks.bld_011

import data.plimsoll.lib.build
import data.plimsoll.lib.result
import rego.v1

deny contains result.step(found.step, message) if {
	some found in build.commands(input.steps)
	found.command.program == "chpasswd"
	some text in texts(found.step, found.command)
	some line in split(text, "\n")
	regex.match(`^[A-Za-z_][^: $]*:[^$:!* ]`, line)
	message := sprintf("chpasswd sets the password of %s", [split(line, ":")[0]])
}

deny contains result.step(found.step, message) if {
	some found in build.commands(input.steps)
	found.command.program == "passwd"
	"--stdin" in found.command.arguments
	some text in texts(found.step, found.command)
	regex.match(`^[^$ ]`, text)
	message := "passwd sets a password that stands in the build"
}

deny contains result.step(found.step, message) if {
	some found in build.commands(input.steps)
	found.command.program in {"useradd", "usermod"}
	some index, word in found.command.arguments
	word in {"-p", "--password"}
	given := found.command.arguments[index + 1]
	literal(given)
	message := sprintf("%s sets a password that stands in the build", [found.command.program])
}

deny contains result.step(step, message) if {
	some secret in input.secrets
	secret.place == "history"
	object.get(secret, "check", "") == "BLD-011"
	some step in input.steps
	step.index == secret.step
	message := sprintf("%s stands in it: %s", [secret.rule, secret.redacted])
}

# `!` and `*` lock an account; what begins with `$` and a letter is a variable.
literal(given) if regex.match(`^[^$!*]`, given)

literal(given) if regex.match(`^\$[0-9y]`, given)

# What a command reads: a here document or text, or what is echoed into it.
texts(_, command) := [command.document] if is_string(command.document)

texts(step, command) := array.concat(
	[trim_prefix(text, "<<<") | some text in command.redirections; startswith(text, "<<<")],
	[word |
		command.piped_to == true
		some source in step.commands
		source.pipeline == command.pipeline
		source.program in {"echo", "printf"}
		some word in source.arguments
		not startswith(word, "-")
	],
) if object.get(command, "document", null) == null

not_assessed contains reason if some reason in build.undecided(input.steps)
