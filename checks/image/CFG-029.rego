# METADATA
# title: Has more layers or bytes than you allow
# description: >
#   Each layer keeps what a later one deletes, and what nobody needs is still there to be attacked.
# custom:
#   id: CFG-029
#   severity: low
#   family: image
#   input: image/v1
#   needs: [layers]
#   remedy: Build in several stages and copy only what is needed into the last.
#   standards:
#     disa-container: [CCI-002617]
#   params:
#     max_layers: 0
#     max_bytes: 0
package plimsoll.checks.cfg_029

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("layers", message) if {
	limits.max_layers > 0
	count(input.layers) > limits.max_layers
	message := sprintf("%d layers, more than %d", [count(input.layers), limits.max_layers])
}

deny contains result.at("layers.size", message) if {
	limits.max_bytes > 0
	bytes := sum([layer.size | some layer in input.layers])
	bytes > limits.max_bytes
	message := sprintf("%d bytes in its layers, more than %d", [bytes, limits.max_bytes])
}

not_assessed contains "no limit is given (params.max_layers, params.max_bytes)" if {
	limits.max_layers == 0
	limits.max_bytes == 0
}

limits := data.params["CFG-029"]
