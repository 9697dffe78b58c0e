# METADATA
# title: Accounts of the image
# description: Results about accounts, which share one file and are told apart by name.
package plimsoll.lib.account

import data.plimsoll.lib.noted
import data.plimsoll.lib.result
import rego.v1

of(account, message) := object.union(result.file(account, message), {"place": sprintf("account %s", [account.name])})

# There is a file of passwords, and it could not be read. Where there is none, nobody can log in by a password that is
# kept in it.
passwords_unread(users, files) if {
	users.shadow == false
	some file in noted.visible(files, "account-file")
	file.path == "etc/shadow"
}
