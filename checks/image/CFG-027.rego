# METADATA
# title: Leaves build steps to images built on it
# description: >
#   ONBUILD runs in the builds of others, who do not see it in their own Dockerfile.
# custom:
#   id: CFG-027
#   severity: low
#   family: image
#   input: image/v1
#   needs: [config.onbuild]
#   remedy: Move the steps into the Dockerfiles that need them.
package plimsoll.checks.cfg_027

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("config.onbuild", message) if {
	steps := input.config.onbuild
	count(steps) > 0
	message := sprintf("build steps that wait for images built on it: %d; the first is %s", [count(steps), steps[0]])
}
