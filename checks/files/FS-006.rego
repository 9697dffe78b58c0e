# METADATA
# title: Files whose owner has no account
# description: >
#   A file that belongs to a number without an account falls to whichever account gets that number next. It also hides
#   who is meant to write it.
# custom:
#   id: FS-006
#   severity: low
#   family: files
#   input: image/v1
#   needs: [owners, users]
#   remedy: Name an owner that exists where the files are copied (`COPY --chown`), or make the account.
#   standards:
#     disa-container: [operating-system]
package plimsoll.checks.fs_006

import data.plimsoll.lib.result
import rego.v1

deny contains result.file(owner, message) if {
	some owner in input.owners
	uid := owner.uid
	not uid in accounts
	message := sprintf("user id %d has no account, and owns %s and others (%d in all)", [uid, owner.path, owner.files])
}

deny contains result.file(owner, message) if {
	some owner in input.owners
	owner.uid in accounts
	gid := owner.gid
	not gid in groups
	message := sprintf("group id %d has no group, and owns %s and others (%d in all)", [gid, owner.path, owner.files])
}

accounts := {account.uid | some account in input.users.accounts} | {0}

groups := {group.gid | some group in input.users.groups} | {0}
