# METADATA
# title: Logins with an empty password are accepted
# description: >
#   PAM's `nullok` lets in whoever presses return for an account without a password. It only takes one such account.
# custom:
#   id: FS-029
#   severity: medium
#   family: files
#   input: image/v1
#   needs: [configurations, gaps]
#   optional: [users]
#   remedy: Take `nullok` out of the lines in `etc/pam.d`, and lock accounts that have no password.
#   standards:
#     nist-800-53: [CM-6]
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

# Distributions ship it, which does no harm while every account has a password or none can be used.
expected contains message if {
	some found in permissive
	excused(found)
	message := sprintf("%s accepts an empty password, as the distribution ships it, and no account has one", [found.path])
}

permissive := [{"path": file.path, "number": numbers[0], "base": origin_of(file)} |
	some file in input.configurations
	startswith(file.path, "etc/pam.d/")
	numbers := [number | some index, line in file.lines; accepts_empty(line); number := index + 1]
	count(numbers) > 0
]

accepts_empty(line) if {
	contains(line, "nullok")
	words := split(replace(split(line, "#")[0], "\t", " "), " ")
	some word in ["nullok", "nullok_secure"]
	word in words
}

origin_of(file) if origin.of_base(file)

origin_of(file) := false if not origin.of_base(file)

excused(found) if {
	found.base
	nobody_is_open
}

nobody_is_open if count([account | some account in accounts; account.password == "empty"]) == 0

accounts := object.get(object.get(input, "users", {}), "accounts", [])

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
