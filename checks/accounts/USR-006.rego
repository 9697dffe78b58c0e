# METADATA
# title: Account of the system with a login shell
# description: >
#   An account that a service runs as needs no shell. One that has it can be used to log in and to become that account.
# custom:
#   id: USR-006
#   severity: low
#   family: accounts
#   input: image/v1
#   needs: [users.accounts]
#   remedy: Set its shell to `/usr/sbin/nologin` or `/bin/false`.
#   standards:
#     disa-container: [operating-system]
#   params:
#     people_from: 1000
package plimsoll.checks.usr_006

import data.plimsoll.lib.account
import data.plimsoll.lib.path
import rego.v1

deny contains account.of(entry, message) if {
	some entry in input.users.accounts
	entry.uid > 0
	entry.uid < data.params["USR-006"].people_from
	not is_closed(entry)
	message := sprintf("the account %s, user id %d, has %s", [entry.name, entry.uid, shell(entry)])
}

is_closed(entry) if path.name(entry.shell) in data.lists["login-shells"].no_login

shell(entry) := sprintf("the login shell %s", [entry.shell]) if entry.shell != ""

# Login programs take one then.
shell(entry) := "no shell given, which means /bin/sh" if entry.shell == ""
