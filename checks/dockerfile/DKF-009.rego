# METADATA
# title: Base image without a tag or digest
# description: >
#   Without a tag, and with `latest`, a stage starts from whatever is newest at that moment. Two builds of one file give
#   two images, and nobody can tell which base a finding came with.
# custom:
#   id: DKF-009
#   severity: medium
#   family: dockerfile
#   input: dockerfile/v1
#   needs: [stages, path, errors]
#   remedy: >
#     Name a version, better a digest too: `FROM debian:12.7@sha256:…`.
#   aliases: [DS-0001]
package plimsoll.checks.dkf_009

import data.plimsoll.lib.dockerfile
import data.plimsoll.lib.result
import rego.v1

deny contains result.line(input.path, stage.line, message) if {
	some stage in input.stages
	stage.from.stage == null
	stage.from.resolved == true
	stage.from.image != "scratch"
	stage.from.digest == null
	tag := object.get(stage.from, "tag", null)
	moving(tag)
	message := sprintf("%s starts from %s, which %s", [dockerfile.named(stage), stage.from.image, wording(tag)])
}

moving(tag) if tag == null

moving(tag) if tag == "latest"

wording(tag) := "has no tag" if tag == null

wording(tag) := "is the tag latest" if tag == "latest"

not_assessed contains reason if {
	some stage in input.stages
	stage.from.resolved == false
	reason := sprintf("line %d: only a build tells what %s is", [stage.line, stage.from.text])
}

not_assessed contains reason if some reason in dockerfile.unread(input.errors)
