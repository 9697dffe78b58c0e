# METADATA
# title: Account with a password in the image
# description: >
#   Every container of every copy has the same password, and its hash is there for whoever pulls the image to guess at.
# custom:
#   id: USR-004
#   severity: medium
#   family: accounts
#   input: image/v1
#   needs: [users.accounts, users.shadow, files]
#   remedy: >
#     Lock the account in the build: `passwd -l NAME`. Where a login is needed, set the password when the container
#     starts.
#   standards:
#     nist-800-53: [IA-5]
#     pci-dss: [2.2.2, 6.5.6]
#     disa-container: [operating-system]
#     iso-27001: [A.8.5]
#     hipaa: [164.312(d)]
package plimsoll.checks.usr_004

import data.plimsoll.lib.account
import rego.v1

deny contains account.of(entry, message) if {
	some entry in input.users.accounts
	startswith(entry.password, "hash:")
	message := sprintf("the account %s has a password", [entry.name])
}

not_assessed contains "etc/shadow, which holds the passwords, was not read" if {
	account.passwords_unread(input.users, input.files)
}
