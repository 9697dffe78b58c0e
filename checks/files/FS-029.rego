# METADATA
# title: Logins with an empty password are accepted
# description: >
#   PAM's `nullok` lets in whoever presses return for an account without a password, and so does `PermitEmptyPasswords` of
#   the SSH server. It only takes one such account.
# custom:
#   id: FS-029
#   severity: medium
#   family: files
#   input: image/v1
#   needs: [configurations, gaps]
#   optional: [users]
#   remedy: >
#     Take `nullok` out of the lines in `etc/pam.d` and `PermitEmptyPasswords` out of the SSH server's settings, and lock
#     accounts that have no password.
#   standards:
#     disa-container: [operating-system]
package plimsoll.checks.fs_029

import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

# A file is told once, with the first of its lines.
deny contains result.line(found.path, found.number, message) if {
	some found in permissive
	not excused(found)
	message := sprintf("%s accepts an empty password", [found.path])
}

deny contains result.line(file.path, number, message) if {
	some file in input.configurations
	startswith(file.path, "etc/ssh/sshd_config")
	text := concat("\n", file.lines)
	regex.match(setting, text)
	number := 1 + strings.count(regex.split(setting, text)[0], "\n")
	message := sprintf("%s accepts an empty password", [file.path])
}

setting := `(?mi)^[ \t]*permitemptypasswords[ \t=]+"?yes`

# Distributions ship it, which does no harm while every account has a password or none can be used.
expected contains message if {
	some found in permissive
	excused(found)
	message := sprintf("%s accepts an empty password, as the distribution ships it, and no account has one", [found.path])
}

# The first line of each file. It is looked through as one text: line by line takes too long where there are many.
permissive := [{"path": file.path, "number": number, "base": origin_of(file)} |
	some file in input.configurations
	startswith(file.path, "etc/pam.d/")
	text := concat("\n", file.lines)
	regex.match(word, text)
	number := 1 + strings.count(regex.split(word, text)[0], "\n")
]

word := `(?m)^([^#\n]*[ \t])?nullok(_secure)?([ \t#]|$)`

origin_of(file) if origin.of_base(file)

origin_of(file) := false if not origin.of_base(file)

excused(found) if {
	found.base
	nobody_is_open
}

nobody_is_open if count([account | some account in accounts; account.password == "empty"]) == 0

accounts := object.get(object.get(input, "users", {}), "accounts", [])

not_assessed contains message if {
	some file in input.configurations
	startswith(file.path, "etc/pam.d/")
	file.cut
	message := sprintf("only the beginning of %s was read", [file.path])
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
