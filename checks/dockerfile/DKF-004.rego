# METADATA
# title: Stage copies from itself
# description: >
#   A stage cannot take files from what it is about to become: builders refuse it, or take an image of that name from a
#   registry instead, which may be anybody's.
# custom:
#   id: DKF-004
#   severity: medium
#   family: dockerfile
#   input: dockerfile/v1
#   needs: [stages, path, errors]
#   remedy: >
#     Name the earlier stage that has the files.
#   aliases: [DS-0006]
package plimsoll.checks.dkf_004

import data.plimsoll.lib.dockerfile
import data.plimsoll.lib.result
import rego.v1

deny contains result.line(input.path, instruction.line, message) if {
	some stage in input.stages
	some instruction in stage.instructions
	instruction.kind in {"COPY", "ADD"}
	some source in instruction.flags.from
	own(stage, source)
	message := sprintf("%s copies from itself (--from=%s)", [dockerfile.named(stage), source])
}

own(stage, source) if {
	is_string(stage.name)
	lower(stage.name) == lower(source)
}

own(stage, source) if sprintf("%d", [stage.index]) == source

not_assessed contains reason if some reason in dockerfile.unread(input.errors)
