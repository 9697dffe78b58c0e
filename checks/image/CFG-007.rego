# METADATA
# title: Exposes an SSH port
# description: >
#   A container that people log into is changed by hand and holds keys or passwords for it. The orchestrator gives a shell
#   where one is needed, with its own accounts and its own log.
# custom:
#   id: CFG-007
#   severity: high
#   family: image
#   input: image/v1
#   needs: [config.ports]
#   remedy: Remove the SSH server and its EXPOSE line; use the orchestrator's exec.
#   aliases: [DS-0004]
#   standards:
#     cis-docker: ["5.7"]
#     disa-container: [CCI-000381a]
#     eu-cra: [I-I-2-j]
#     fedramp: [hardened-images]
#     iso-27001: [A.8.9]
#     nist-800-190: ["4.1.2"]
#     nist-800-53: [CM-6]
#     soc-2: [CC6.6]
#   params:
#     ports: [22]
package plimsoll.checks.cfg_007

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("config.ports.%d", [port]), message) if {
	ports := data.params["CFG-007"].ports
	some entry in input.config.ports
	entry.protocol == "tcp"
	some port in ports
	port >= entry.port
	port <= object.get(entry, "last", entry.port)
	message := sprintf("port %d is exposed for logging in", [port])
}
