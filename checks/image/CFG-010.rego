# METADATA
# title: Exposes a port of a service that protects nothing
# description: >
#   Telnet, FTP, the engine's plain socket and their like send passwords in the clear or ask for none. Whoever is on the
#   network reads along or takes over.
# custom:
#   id: CFG-010
#   severity: high
#   family: image
#   input: image/v1
#   needs: [config.ports]
#   remedy: >
#     Replace the service with one that encrypts and asks who calls; change `data/clear-text-ports.yaml` where the
#     number means something else to you.
#   standards:
#     nist-800-53: [CM-7, CM-7(1)]
#     cis-docker: ["5.9"]
#     pci-dss: [2.2.5, 2.2.7]
#     disa-container: [CCI-001762b]
#     eu-cra: [I-I-2-b]
package plimsoll.checks.cfg_010

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("config.ports.%s", [entry.text]), message) if {
	some entry in input.config.ports
	is_number(entry.port)
	some known in data.lists["clear-text-ports"]
	entry.protocol == known.protocol
	entry.port <= known.port
	known.port <= entry.last
	message := sprintf("port %d is exposed, that of %s", [known.port, known.service])
}
