# METADATA
# title: Exposes a port that nobody approved
# description: >
#   Which ports a service needs is decided once and written down. What else an image exposes is either a mistake or not
#   yet decided.
# custom:
#   id: CFG-009
#   severity: medium
#   family: image
#   input: image/v1
#   needs: [config.ports]
#   remedy: >
#     Remove the EXPOSE line, or add the port to `params.approved_ports`, as `8080`, `"53/udp"` or `"8000-8010/tcp"`.
#   standards:
#     nist-800-53: [CM-7(1)]
#     cis-docker: ["5.9"]
#     pci-dss: [2.2.4]
#     disa-container: [CCI-001762b]
#     soc-2: [CC6.6]
#   params:
#     approved_ports: []
package plimsoll.checks.cfg_009

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("config.ports.%s", [entry.text]), message) if {
	count(approved) > 0
	some entry in input.config.ports
	not is_approved(entry)
	message := sprintf("port %s is exposed and not approved", [entry.text])
}

not_assessed contains "no list of approved ports is given (params.approved_ports)" if {
	count(approved) == 0
	count(input.config.ports) > 0
}

approved := data.params["CFG-009"].approved_ports

is_approved(entry) if entry.text in approved

is_approved(entry) if sprintf("%s/%s", [entry.text, entry.protocol]) in approved

# A bare number approves all protocols.
is_approved(entry) if {
	is_number(entry.port)
	entry.port == entry.last
	entry.port in approved
}
