# METADATA
# title: Package manager in the image
# description: >
#   Whoever gets into a container with a package manager installs whatever is missing for the next step.
# custom:
#   id: PKG-001
#   severity: low
#   family: packages
#   input: image/v1
#   needs: [files]
#   remedy: Build on a base without one, or copy the program into such a base in the last stage.
#   standards:
#     nist-800-53: [CM-7, CM-11]
#     nist-800-190: [4.1.2]
#     cis-docker: ["4.3"]
#     pci-dss: [2.2.4]
#     disa-container: [CCI-000381b]
#     iso-27001: [A.8.19]
#     eu-cra: [I-I-2-j]
package plimsoll.checks.pkg_001

import data.plimsoll.lib.noted
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in noted.programs(input.files, "package-manager")
	message := sprintf("the package manager %s is installed", [path.name(file.path)])
}
