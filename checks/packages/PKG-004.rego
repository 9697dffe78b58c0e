# METADATA
# title: Tools to look around a network, or to attack it
# description: >
#   Scanners, sniffers and tunnels are what an intruder brings along. Here they are already.
# custom:
#   id: PKG-004
#   severity: medium
#   family: packages
#   input: image/v1
#   needs: [files]
#   remedy: Remove them; look at networks from a debug container.
#   standards:
#     nist-800-53: [CM-7]
#     nist-800-190: [4.1.2]
#     cis-docker: ["4.3"]
#     pci-dss: [2.2.4]
#     disa-container: [CCI-000381b]
#     fedramp: [hardened-images]
#     eu-cra: [I-I-2-j]
package plimsoll.checks.pkg_004

import data.plimsoll.lib.noted
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in noted.programs(input.files, "network-tool")
	not noted.is_applet(file)
	message := sprintf("the network tool %s is installed", [path.name(file.path)])
}

# BusyBox brings small ones along, and base images bring BusyBox along.
deny contains result.rated(result.file(file, message), "low") if {
	some file in noted.programs(input.files, "network-tool")
	noted.is_applet(file)
	binary := path.name(file.link)
	message := sprintf("the network tool %s is installed, as a part of %s", [path.name(file.path), binary])
}
