# METADATA
# title: Has no maintainer label
# description: Nobody can be asked about the image.
# custom:
#   id: {id}
#   severity: low
#   family: image
#   input: image/v1
#   needs: [config.labels]
#   remedy: Add `LABEL org.opencontainers.image.authors=…` to the Dockerfile.
#   params:
#     label: org.opencontainers.image.authors
package user.{name}

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("config.labels", message) if {
	label := data.params["{id}"].label
	value := object.get(input.config.labels, label, "")
	value == ""
	message := sprintf("the label %s is missing", [label])
}
