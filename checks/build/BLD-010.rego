# METADATA
# title: Everybody is allowed to write
# description: >
#   What any account may write, any process that is taken over may replace: programs that others run, or what they read.
# custom:
#   id: BLD-010
#   severity: medium
#   family: build
#   input: image/v1
#   needs: [steps]
#   remedy: >
#     Give the one path to the account that has to write it: `chown`, `COPY --chown`, and modes such as 755 and 644.
package plimsoll.checks.bld_010

import data.plimsoll.lib.build
import data.plimsoll.lib.result
import rego.v1

deny contains result.step(found.step, message) if {
	some found in build.commands(build.kept(input.steps))
	found.command.program == "chmod"
	modes := [word | some word in found.command.arguments; not startswith(word, "-")]
	mode := modes[0]
	writable(mode, recursive(found.command))
	message := sprintf("`%s` lets every account write", [build.shown(found.command)])
}

deny contains result.step(step, message) if {
	some step in build.kept(input.steps)
	step.kind in {"COPY", "ADD"}
	some flag in step.flags
	startswith(flag, "--chmod=")
	mode := trim_prefix(flag, "--chmod=")
	writable(mode, true)
	message := sprintf("%s with %s lets every account write", [step.kind, flag])
}

recursive(command) := true if {
	some word in command.arguments
	regex.match(`^-[a-zA-Z]*R|^--recursive$`, word)
} else := false

# `+w` alone honours the mask. With the sticky bit, a single folder such as /tmp is for everybody to use.
writable(mode, _) if regex.match(`^0?[0-7]?[0-7][2367]$|^0*[0246][0-7][0-7][2367]$`, mode)

writable(mode, true) if regex.match(`^0*[1357][0-7][0-7][2367]$`, mode)

writable(mode, _) if regex.match(`(^|,)[ug]*[ao][ugoa]*[+=][rxXst]*w`, mode)

not_assessed contains reason if some reason in build.undecided(input.steps)
