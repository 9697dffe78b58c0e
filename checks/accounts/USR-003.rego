# METADATA
# title: A second account is root
# description: >
#   User id 0 is root, whatever the name. An account that looks like another escapes those who watch root.
# custom:
#   id: USR-003
#   severity: high
#   family: accounts
#   input: image/v1
#   needs: [users.accounts]
#   remedy: Remove the account, or give it another user id.
#   standards:
#     nist-800-53: [AC-6]
#     disa-container: [operating-system]
#     fedramp: [hardened-images]
#     iso-27001: [A.8.2]
package plimsoll.checks.usr_003

import data.plimsoll.lib.account
import rego.v1

deny contains account.of(entry, message) if {
	some entry in input.users.accounts
	entry.uid == 0
	entry.name != "root"
	count(roots) > 1
	message := sprintf("the account %s has user id 0, as %s has", [entry.name, other(entry.name)])
}

# Root itself, where it is among them; else the first.
other(name) := "root" if {
	"root" in roots
} else := roots[0] if {
	roots[0] != name
} else := roots[1]

roots := sort({entry.name | some entry in input.users.accounts; entry.uid == 0})
