# METADATA
# title: Steps of the build were let out of the sandbox
# description: >
#   A step with the host's network or with security switched off can reach what else runs on the builder, and others can
#   reach it: what it put into the image is no longer the doing of the Dockerfile alone.
# custom:
#   id: BLD-015
#   severity: medium
#   family: build
#   input: image/v1
#   needs: [evidence.provenance]
#   remedy: >
#     Build without `--network=host` and without `RUN --security=insecure`, and grant the builder neither entitlement.
#   standards:
#     nist-800-53: [SA-15]
package plimsoll.checks.bld_015

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("evidence.provenance.elevated.%s", [way]), message) if {
	some entry in input.evidence.provenance
	some way in entry.elevated
	message := sprintf("the provenance has steps that were let out of the sandbox: %s", [way])
}

not_assessed contains "no provenance is attached" if count(input.evidence.provenance) == 0

not_assessed contains "the provenance does not tell the steps of the build (BuildKit tells them with mode=max)" if {
	count(input.evidence.provenance) > 0
	count([entry | some entry in input.evidence.provenance; entry.steps == true]) == 0
}
