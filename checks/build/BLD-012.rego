# METADATA
# title: Packages installed without a version
# description: >
#   Without a version, the same build gives other packages another day, and nobody can tell from it which ones were
#   meant.
# custom:
#   id: BLD-012
#   severity: negligible
#   family: build
#   input: image/v1
#   needs: [steps]
#   remedy: >
#     Name versions, use a lock file, or install from a snapshot of the distribution with a date.
#   standards:
#     cis-docker: ["4.7"]
package plimsoll.checks.bld_012

import data.plimsoll.lib.build
import data.plimsoll.lib.result
import rego.v1

deny contains result.step(found.step, message) if {
	some found in build.commands(input.steps)
	packages := unpinned(found.command)
	count(packages) > 0
	shown := array.slice(packages, 0, 5)
	message := sprintf("%s installs without a version: %s%s", [found.command.program, concat(", ", shown), more(packages)])
}

more(packages) := sprintf(" and %d more", [count(packages) - 5]) if count(packages) > 5

more(packages) := "" if count(packages) <= 5

unpinned(command) := [word |
	some word in given(command, verb(command))
	bare(word)
	loose(command.program, word)
]

verb(command) := "install" if build.manager(command) == "apt"

verb(command) := "install" if command.program in {"pip", "pip3"}

verb(command) := "add" if command.program == "apk"

verb(command) := "install" if {
	command.program == "npm"
	count({word | some word in command.arguments; word in {"-g", "--global"}}) > 0
}

verb(command) := "install" if {
	command.program == "gem"
	count({word | some word in command.arguments; regex.match(`^(-v|--version)`, word)}) == 0
}

loose(program, word) if {
	program in build.apt
	not contains(word, "=")
}

loose("apk", word) if not regex.match(`[=<>~]`, word)

loose(program, word) if {
	program in {"pip", "pip3"}
	not regex.match(`[=<>~@]`, word)
}

loose("npm", word) if not regex.match(`.@[^/]`, word)

loose("gem", word) if not contains(word, ":")

# The words after the verb.
given(command, verb) := [word | some word in build.names(command); word != verb] if verb in command.arguments

# Not a path, an address or a variable.
bare(word) if not regex.match(`[$/{]|^\.|\.(deb|whl|apk|tar\.gz|zip|gem|tgz)$`, word)

not_assessed contains reason if some reason in build.undecided(input.steps)
