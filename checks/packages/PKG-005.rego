# METADATA
# title: Servers that protect nothing
# description: >
#   Telnet, rsh, TFTP, FTP and NIS send passwords in the clear or ask for none. Such a server gives a container away to
#   whoever is on its network.
# custom:
#   id: PKG-005
#   severity: high
#   family: packages
#   input: image/v1
#   needs: [files]
#   remedy: Remove the package; use SSH, SFTP or LDAP over TLS outside the image.
#   standards:
#     nist-800-53: [CM-7]
#     cis-docker: ["4.3"]
#     pci-dss: [2.2.4, 2.2.5, 2.2.7]
#     fedramp: [hardened-images]
#     eu-cra: [I-I-2-j]
package plimsoll.checks.pkg_005

import data.plimsoll.lib.noted
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in noted.programs(input.files, "legacy-server")
	not noted.is_applet(file)
	message := sprintf("the server %s is installed", [path.name(file.path)])
}

# BusyBox can be one, but only when somebody starts it so.
deny contains result.rated(result.file(file, message), "low") if {
	some file in noted.programs(input.files, "legacy-server")
	noted.is_applet(file)
	message := sprintf("the server %s is installed, as a part of %s", [path.name(file.path), path.name(file.link)])
}
