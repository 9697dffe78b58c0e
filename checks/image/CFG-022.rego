# METADATA
# title: Labels that your rules ask for are missing
# description: >
#   Without them nobody who finds the image can tell whose it is, or which source it was built from.
# custom:
#   id: CFG-022
#   severity: low
#   family: image
#   input: image/v1
#   needs: [config.labels]
#   remedy: Set the labels in the build, for example `LABEL org.opencontainers.image.source=…`.
#   standards:
#     nist-800-53: [CM-2, SA-10]
#     fedramp: [inventory]
#     iso-27001: [A.5.9]
#   params:
#     labels: []
package plimsoll.checks.cfg_022

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("config.labels.%s", [label]), message) if {
	some label in required
	trim_space(object.get(input.config.labels, label, "")) == ""
	message := sprintf("the label %s is missing or empty", [label])
}

not_assessed contains "no list of required labels is given (params.labels)" if count(required) == 0

required := data.params["CFG-022"].labels
