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

# The first rule of each file that asks for no password. A file is looked through as one text: line by line takes too long
# where there are many.
rules := [rule |
	some program, files in settings
	some file in files
	text := plain(concat("\n", file.lines))
	flat := replace(text, "\\\n", "")
	found := regex.find_n(lets[program], flat, 1)
	count(found) > 0
	before := strings.count(regex.split(lets[program], flat)[0], "\n")
	rule := {"program": program, "file": file, "number": number(text, before), "text": trim_space(found[0])}
]

# Comments go, and do not go on in the next line: `#1000` is a user id, any other `#` begins one. What joins lines stands
# at their very end.
plain(text) := regex.replace(
	regex.replace(text, `(?m)^[ \t]*#([^0-9\n][^\n]*)?$`, ""),
	`(?m)\\[ \t]+$`, "\\",
)

# Lines that end with a backslash are one with those behind them.
number(text, before) := ((1 + before) + strings.count(concat("\n", whole), joint)) if {
	whole := array.slice(split(replace(text, "\\\n", joint), "\n"), 0, before)
}

joint := "\u0001"

lets := {
	"sudo": `(?m)^[^\n]*(NOPASSWD[ \t]*:|![ \t]*authenticate)[^\n]*$`,
	"doas": `(?m)^[ \t]*permit[ \t]([^\n]*[ \t])?nopass([ \t][^\n]*)?$`,
}

is_installed(program) if {
	some file in noted.visible(input.files, "privilege-tool")
	path.name(file.path) == program
}
