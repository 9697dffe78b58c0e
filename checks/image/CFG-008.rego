# METADATA
# title: Exposes a privileged port
# description: >
#   A process needs root or a capability to listen below 1024, so the image can hardly run with neither.
# custom:
#   id: CFG-008
#   severity: medium
#   family: image
#   input: image/v1
#   needs: [config.ports]
#   remedy: Listen on a port from 1024 up, and let the orchestrator map it.
#   standards:
#     nist-800-53: [CM-7(1)]
#     cis-docker: ["5.8"]
#     disa-container: [CCI-001762a]
#     pod-security-restricted: [image-ready]
#   params:
#     least: 1024
package plimsoll.checks.cfg_008

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("config.ports.%s", [entry.text]), message) if {
	some entry in input.config.ports
	is_number(entry.port)
	entry.port < data.params["CFG-008"].least
	message := sprintf("port %s is exposed, which is below %d", [entry.text, data.params["CFG-008"].least])
}
