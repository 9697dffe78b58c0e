# METADATA
# title: Runs as an account that is given by name
# description: >
#   An orchestrator that must not start root cannot tell from a name which user id it stands for, and refuses the image.
# custom:
#   id: CFG-002
#   severity: low
#   family: image
#   input: image/v1
#   needs: [config.user]
#   remedy: Give the user id instead, for example `USER 10001:10001`.
#   aliases: [KSV-0012]
#   standards:
#     cis-docker: ["4.1"]
#     disa-container: [CCI-002235a]
#     nsa-cisa: [non-root-images]
#     pod-security-restricted: [image-ready]
package plimsoll.checks.cfg_002

import data.plimsoll.lib.result
import rego.v1

# Names of root are CFG-001's matter.
deny contains result.at("config.user", message) if {
	named := split(input.config.user.raw, ":")[0]
	named != ""
	not regex.match(`^[0-9]+$`, named)
	uid := object.get(input.config.user, "uid", null)
	uid != 0
	message := sprintf("the configured user %q is a name, not a number", [named])
}
