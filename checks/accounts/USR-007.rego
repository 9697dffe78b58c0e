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

# A file is told once, with the first of its rules, by whatever names it goes.
deny contains object.union(result.line(rule.file.path, rule.number, message), {"layer": rule.file.layer}) if {
	some rule in rules
	is_installed(rule.program)
	message := sprintf("%s lets an account become another without a password: %s", [rule.file.path, rule.text])
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

settings["sudo"] := of(`^etc/sudoers(\.d/|$)`)

settings["doas"] := of(`^etc/doas\.(conf$|d/)`)

# By the path that the program asks for, or that of the file which includes it.
of(pattern) := [file |
	some name, file in input.configurations
	regex.match(pattern, belongs(file, name))
]

belongs(file, name) := name if object.get(file, "included_by", "") == ""

belongs(file, _) := file.included_by if object.get(file, "included_by", "") != ""

# The first rule of each file that asks for no password.
rules := [rule |
	some program, files in settings
	some file in files
	lines := whole(file.lines)
	live := [index | some index, line in lines; lets(program, line)]
	count(live) > 0
	before := array.slice(lines, 0, live[0])
	rule := {
		"program": program,
		"file": file,
		"number": (1 + count(before)) + sum([strings.count(line, joint) | some line in before]),
		"text": trim_space(replace(lines[live[0]], joint, " ")),
	}
]

# Lines that end with a backslash are one with those behind them. What joins them stays in, to count by.
joint := "\u0001"

whole(lines) := split(replace(concat("\n", [bare(line) | some line in lines]), "\\\n", joint), "\n")

# Comments do not go on in the next line. `#1000` is a user id, any other `#` begins one.
bare(line) := "" if regex.match(`^[ \t]*#([^0-9]|$)`, line)

bare(line) := trim_right(line, " \t") if not regex.match(`^[ \t]*#([^0-9]|$)`, line)

lets("sudo", line) if regex.match(`(NOPASSWD[ \t]*:|![ \t]*authenticate)`, replace(line, joint, ""))

lets("doas", line) if regex.match(`^[ \t]*permit[ \t](.*[ \t])?nopass([ \t]|$)`, replace(line, joint, " "))

is_installed(program) if {
	some file in noted.visible(input.files, "privilege-tool")
	path.name(file.path) == program
}
