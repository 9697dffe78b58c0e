# METADATA
# title: Password kept in a form that is quickly guessed
# description: >
#   Old schemes were made for slow machines: a graphics card tries billions of passwords a second against them.
# custom:
#   id: USR-005
#   severity: medium
#   family: accounts
#   input: image/v1
#   needs: [users.accounts, users.shadow, files]
#   remedy: Lock the account, or set the password anew with yescrypt or SHA-512.
#   standards:
#     nist-800-53: [IA-5]
#     pci-dss: [8.3.2]
#     disa-container: [operating-system]
#     iso-27001: [A.8.5]
#     hipaa: [164.312(d)]
#   params:
#     schemes: [des, md5]
package plimsoll.checks.usr_005

import data.plimsoll.lib.account
import rego.v1

deny contains account.of(entry, message) if {
	some entry in input.users.accounts
	some scheme in data.params["USR-005"].schemes
	entry.password == concat("", ["hash:", scheme])
	message := sprintf("the password of %s is kept as %s", [entry.name, scheme])
}

not_assessed contains "etc/shadow, which holds the passwords, was not read" if {
	account.passwords_unread(input.users, input.files)
}
