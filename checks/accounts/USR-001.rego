# METADATA
# title: Account with an empty password
# description: >
#   Whoever reaches a login, `su` or a service that asks for the system's passwords becomes that account by pressing
#   return.
# custom:
#   id: USR-001
#   severity: critical
#   family: accounts
#   input: image/v1
#   needs: [users.accounts, users.shadow, files]
#   remedy: >
#     Lock the account in the build: `passwd -l NAME`, or `*` in `etc/shadow`.
#   aliases: [DKL-LI-0001]
#   standards:
#     nist-800-53: [IA-5]
#     pci-dss: [2.2.2]
#     disa-container: [operating-system]
#     fedramp: [hardened-images]
#     iso-27001: [A.8.5]
#     soc-2: [CC6.1]
#     hipaa: [164.312(d)]
#     eu-cra: [I-I-2-b]
package plimsoll.checks.usr_001

import data.plimsoll.lib.account
import rego.v1

deny contains account.of(entry, message) if {
	some entry in input.users.accounts
	entry.password == "empty"
	message := sprintf("the account %s has an empty password", [entry.name])
}

not_assessed contains "etc/shadow, which holds the passwords, was not read" if {
	account.passwords_unread(input.users, input.files)
}
