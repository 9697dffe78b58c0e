# METADATA
# title: Package index refreshed without installing in the same step
# description: >
#   A step is built again only when its own text or one before it changes. An index that is fetched in a step of its own
#   stays as old as that layer, and later steps install the versions it names, without the fixes since.
# custom:
#   id: BLD-001
#   severity: medium
#   family: build
#   input: image/v1
#   needs: [steps]
#   remedy: >
#     Put the refresh and the installation into one RUN: `apt-get update && apt-get install -y …`.
#   aliases: [CIS-DI-0007, DS-0017]
#   standards:
#     cis-docker: ["4.7"]
package plimsoll.checks.bld_001

import data.plimsoll.lib.build
import data.plimsoll.lib.result
import rego.v1

deny contains result.step(step, message) if {
	some step in input.steps
	some command in step.commands
	build.refreshes(command)
	not installs_with(step, build.manager(command))
	message := sprintf("`%s` stands in a step that installs nothing", [build.shown(command)])
}

installs_with(step, manager) if {
	some command in step.commands
	build.manager(command) == manager
	build.installs(command)
}

not_assessed contains reason if some reason in build.undecided(input.steps)
