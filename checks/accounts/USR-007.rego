# METADATA
# title: Becoming root takes no password
# description: >
#   The settings of sudo or doas let an account run programs as another without asking. Running as that account is then
#   no better than running as root.
# custom:
#   id: USR-007
#   severity: high
#   family: accounts
#   input: image/v1
#   needs: [configurations, files]
#   remedy: Remove sudo or doas from the image, and the rule with it; run as the account that the program needs.
#   aliases: [DKL-DI-0001]
#   standards:
#     nist-800-53: [AC-6, AC-6(10)]
#     iso-27001: [A.8.2]
package plimsoll.checks.usr_007

import data.plimsoll.lib.noted
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains object.union(result.line(file.path, number, message), {"layer": file.layer}) if {
	some rule in rules
	is_installed(rule.program)
	file := rule.file
	number := min({other.number | some other in rules; other.file.path == file.path})
	message := sprintf("%s lets an account become another without a password: %s", [file.path, line_of(file, number)])
}

expected contains text if {
	some rule in rules
	program := rule.program
	not is_installed(program)
	text := sprintf("%s has a rule without a password, and %s is not installed", [rule.file.path, rule.program])
}

not_assessed contains reason if {
	some program, files in settings
	is_installed(program)
	some file in files
	file.cut
	reason := sprintf("%s is too long to be read whole", [file.path])
}

settings["sudo"] := [file |
	some name, file in input.configurations
	regex.match(`^etc/sudoers(\.d/|$)`, name)
]

settings["doas"] := [file |
	some name, file in input.configurations
	regex.match(`^etc/doas\.(conf$|d/)`, name)
]

rules contains {"program": program, "file": file, "number": index + 1} if {
	some program, files in settings
	some file in files
	some index, line in file.lines
	lets(program, line)
}

# `#1000` is a user id, any other `#` begins a comment.
lets("sudo", line) if {
	regex.match(`(NOPASSWD[ \t]*:|![ \t]*authenticate)`, line)
	not regex.match(`^[ \t]*#([^0-9]|$)`, line)
}

lets("doas", line) if regex.match(`^[ \t]*permit[ \t](.*[ \t])?nopass([ \t]|$)`, line)

is_installed(program) if {
	some file in noted.visible(input.files, "privilege-tool")
	path.name(file.path) == program
}

line_of(file, number) := trim_space(file.lines[number - 1])
