# METADATA
# title: Runs with an id that a host may use as well
# description: >
#   Without user namespaces an id inside is the same id on the host. Below 10000 it may be that of a person or a service
#   there, whose files a container that breaks out could then read.
# custom:
#   id: CFG-004
#   severity: low
#   family: image
#   input: image/v1
#   needs: [config.user]
#   remedy: Choose a user and a group id of 10000 or more.
#   aliases: [KSV-0020, KSV-0021]
#   standards:
#     cis-docker: ["4.1"]
#   params:
#     least: 10000
package plimsoll.checks.cfg_004

import data.plimsoll.lib.result
import rego.v1

# Root is CFG-001's matter, and its group is what OpenShift gives everybody.
deny contains result.at("config.user", message) if {
	uid := object.get(input.config.user, "uid", null)
	is_number(uid)
	uid > 0
	uid < data.params["CFG-004"].least
	message := sprintf("the user id is %d, below %d", [uid, data.params["CFG-004"].least])
}

deny contains result.at("config.user.group", message) if {
	gid := object.get(input.config.user, "gid", null)
	is_number(gid)
	gid > 0
	gid < data.params["CFG-004"].least
	message := sprintf("the group id is %d, below %d", [gid, data.params["CFG-004"].least])
}

not_assessed contains reason if {
	uid := object.get(input.config.user, "uid", null)
	not is_number(uid)
	reason := sprintf("the id of the configured user %q is not known", [input.config.user.raw])
}
