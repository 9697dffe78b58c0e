# METADATA
# title: Instructions of Dockerfiles
# description: What checks of Dockerfiles share.
package plimsoll.lib.dockerfile

import rego.v1

# Reasons why the document does not hold all that is in the file. Who passes it has to give these.
unread(errors) := {reason |
	some error in errors
	reason := sprintf("line %d: %s", [error.line, error.message])
}

# Every instruction with its stage, also those that are kept for later builds.
instructions(stages) := [{"stage": stage, "instruction": instruction} |
	some stage in stages
	some instruction in stage.instructions
]

# Instructions of a stage of one kind, in their order.
of_kind(stage, kind) := [instruction | some instruction in stage.instructions; instruction.kind == kind]

named(stage) := sprintf("stage %q", [stage.name]) if is_string(stage.name)

named(stage) := sprintf("stage %d", [stage.index]) if object.get(stage, "name", null) == null
