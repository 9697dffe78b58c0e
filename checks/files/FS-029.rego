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
deny contains result.line(location, first, message) if {
	some location in {line.path | some line in permissive; not excused(line)}
	first := min([line.number | some line in permissive; line.path == location])
	message := sprintf("%s accepts an empty password", [location])
}

# Distributions ship it, which does no harm while every account has a password or none can be used.
expected contains message if {
	some line in permissive
	excused(line)
	message := sprintf("%s accepts an empty password, as the distribution ships it, and no account has one", [line.path])
}

permissive := [{"path": file.path, "number": index + 1, "base": origin_of(file)} |
	some file in input.configurations
	startswith(file.path, "etc/pam.d/")
	some index, line in file.lines
	accepts_empty(line)
]

accepts_empty(line) if {
	contains(line, "nullok")
	words := split(replace(split(line, "#")[0], "\t", " "), " ")
	some word in ["nullok", "nullok_secure"]
	word in words
}

origin_of(file) if origin.of_base(file)

origin_of(file) := false if not origin.of_base(file)

excused(line) if {
	line.base
	count([account | some account in accounts; account.password == "empty"]) == 0
}

accounts := object.get(object.get(input, "users", {}), "accounts", [])

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
