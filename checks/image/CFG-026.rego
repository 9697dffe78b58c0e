# METADATA
# title: Named by a tag, which can move
# description: >
#   A tag may name another image tomorrow. What was scanned is then not what runs.
# custom:
#   id: CFG-026
#   severity: medium
#   family: image
#   input: image/v1
#   needs: [reference]
#   remedy: Deploy by digest, `name@sha256:…`; scan that.
#   aliases: [DKL-DI-0006, DS-0001, KSV-0013]
#   standards:
#     cis-docker: ["5.28"]
#     nist-800-190: ["4.2.2"]
#     soc-2: [CC7.1]
#   params:
#     moving_tags: [edge, latest, main, master, nightly]
package plimsoll.checks.cfg_026

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("reference", message) if {
	tag in data.params["CFG-026"].moving_tags
	is_open
	message := sprintf("%s is named by the tag %s, which is meant to move", [input.reference.repository, tag])
}

# A tag that names a version moves too, but seldom far.
deny contains result.rated(result.at("reference", message), "low") if {
	is_open
	not tag in data.params["CFG-026"].moving_tags
	message := sprintf("%s is named by the tag %s, and by no digest", [input.reference.repository, tag])
}

not_assessed contains "the image does not come from a registry" if not is_string(repository)

repository := object.get(input.reference, "repository", null)

is_open if {
	is_string(repository)
	object.get(input.reference, "pinned", false) == false
}

# Engines take this one where none is given.
tag := "latest" if object.get(input.reference, "tag", null) == null

tag := input.reference.tag if is_string(input.reference.tag)
