# METADATA
# title: ADD where COPY does the same
# description: >
#   ADD unpacks archives and fetches addresses. Where a plain file or folder is meant, that is power nobody asked for: a
#   file that is replaced by an archive is unpacked without a word.
# custom:
#   id: BLD-002
#   severity: low
#   family: build
#   input: image/v1
#   needs: [steps]
#   remedy: >
#     Write COPY for files and folders of the build context, and keep ADD for archives that are to be unpacked.
#   aliases: [CIS-DI-0009, DS-0005]
#   standards:
#     cis-docker: ["4.9"]
package plimsoll.checks.bld_002

import data.plimsoll.lib.build
import data.plimsoll.lib.result
import rego.v1

deny contains result.step(step, message) if {
	some step in input.steps
	step.kind == "ADD"
	step.root == false
	some source in step.sources
	plain(source)
	message := sprintf("ADD of %s to %s, which COPY does too", [shown(source), step.target])
}

plain(source) if startswith(source, "dir:")

plain(source) if startswith(source, "multi:")

plain(source) if {
	not build.remote(source)
	not by_digest(source)
	not regex.match(`\.(tar|tgz|tbz2?|txz|tzst)(\.[A-Za-z0-9]+)?$|\.tar\*$|^<<`, lower(source))
}

by_digest(source) if regex.match(`^(file|dir|multi):[0-9a-f]{16}`, source)

shown(source) := "a folder" if startswith(source, "dir:")

shown(source) := "several files" if startswith(source, "multi:")

shown(source) := source if not by_digest(source)

# The classic builder keeps no name of a single file: whether it was an archive is not told.
not_assessed contains reason if {
	some step in input.steps
	step.kind == "ADD"
	step.root == false
	some source in step.sources
	startswith(source, "file:")
	by_digest(source)
	reason := sprintf("step %d: the history does not tell whether what it adds is an archive", [step.index])
}

not_assessed contains reason if some reason in build.undecided(input.steps)
