# METADATA
# title: ADD from an address without a checksum
# description: >
#   What an address gives can change between two builds, and whoever controls it or the way to it decides what is in the
#   image. Nothing in the build would notice.
# custom:
#   id: BLD-003
#   severity: medium
#   family: build
#   input: image/v1
#   needs: [steps]
#   remedy: >
#     Give ADD the flag `--checksum=sha256:…`, pin a commit for git, or fetch and verify the file in one RUN.
#   standards:
#     cis-docker: ["4.9"]
package plimsoll.checks.bld_003

import data.plimsoll.lib.build
import data.plimsoll.lib.result
import rego.v1

deny contains result.step(step, message) if {
	some fetched in fetches
	step := fetched.step
	step.builder != "buildkit"
	message := sprintf("ADD fetches %s and nothing verifies it", [fetched.source])
}

deny contains result.step(step, message) if {
	some fetched in fetches
	step := fetched.step
	step.builder == "buildkit"
	regex.match(`^git@|\.git(#|$)`, fetched.source)
	message := sprintf("ADD fetches %s, which names no commit", [fetched.source])
}

# BuildKit has a flag for the checksum, and does not write it into the history.
not_assessed contains reason if {
	some fetched in fetches
	fetched.step.builder == "buildkit"
	source := fetched.source
	not regex.match(`^git@|\.git(#|$)`, source)
	reason := sprintf(
		"step %d: ADD fetches %s, and the history does not tell whether a checksum was verified",
		[fetched.step.index, fetched.source],
	)
}

fetches contains {"step": step, "source": source} if {
	some step in input.steps
	step.kind == "ADD"
	some source in step.sources
	build.remote(source)
	not pinned(step, source)
}

pinned(step, _) if {
	some flag in step.flags
	startswith(flag, "--checksum=")
}

pinned(_, source) if regex.match(`#[0-9a-f]{40}(:|$)`, source)

not_assessed contains reason if some reason in build.undecided(input.steps)
