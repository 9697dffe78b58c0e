# METADATA
# title: Build history is missing or does not tell what was done
# description: >
#   Checks of the build read the history. Where it is blank, they cannot say that anything was done well, and so nobody
#   can.
# custom:
#   id: BLD-019
#   severity: negligible
#   family: build
#   input: image/v1
#   needs: [steps]
#   remedy: >
#     Keep the history when layers are flattened or rebuilt, or attach provenance to the image.
package plimsoll.checks.bld_019

import data.plimsoll.lib.build
import data.plimsoll.lib.result
import rego.v1

deny contains result.at("history", reason) if some reason in build.undecided(input.steps)

# A history of another count of layers than the image has is wrong about some of them.
deny contains result.at("history", "it tells of another number of layers than the image has") if {
	some step in input.steps
	step.empty == false
	object.get(step, "layer", null) == null
}
