# METADATA
# title: Runs as an account that is not in the image
# description: >
#   Engines look a name up in the image's own list of accounts. Where it is missing the container does not start, or not
#   as whom it was meant to. A number needs no account.
# custom:
#   id: CFG-003
#   severity: medium
#   family: image
#   input: image/v1
#   needs: [config.user, files]
#   optional: [users, links, cut]
#   remedy: >
#     Add the account in the build, or give a numeric id: `USER 10001:10001`.
#   standards:
#     cis-docker: ["4.1"]
#     pod-security-restricted: [image-ready]
package plimsoll.checks.cfg_003

import data.plimsoll.lib.noted
import data.plimsoll.lib.result
import rego.v1

deny contains result.at("config.user", message) if {
	is_name(user)
	object.get(input.config.user, "exists", null) == false
	message := sprintf("the image has no account %q", [user])
}

deny contains result.at("config.user", message) if {
	is_name(user)
	object.get(input.config.user, "exists", null) == null
	not has_list
	message := sprintf("the configured user is %q, and the image has no list of accounts", [user])
}

deny contains result.at("config.user.group", message) if {
	is_name(group)
	object.get(input.config.user, "gid", null) == null
	count(input.users.groups) > 0
	not is_cut
	message := sprintf("the image has no group %q", [group])
}

not_assessed contains reason if {
	is_name(user)
	object.get(input.config.user, "exists", null) == null
	has_list
	reason := sprintf("the list of accounts, which would have to name %q, was not read", [user])
}

is_cut if object.get(object.get(input, "cut", {}), "users", "") != ""

user := split(input.config.user.raw, ":")[0]

group := split(input.config.user.raw, ":")[1]

# Engines know root without any list.
is_name(text) if {
	not text in {"", "root"}
	not regex.match(`^[0-9]+$`, text)
}

has_list if {
	some file in noted.visible(input.files, "account-file")
	file.path == "etc/passwd"
}

# It lies elsewhere, and links lead to it.
has_list if object.get(object.get(input, "links", {}), "etc/passwd", "") != ""
