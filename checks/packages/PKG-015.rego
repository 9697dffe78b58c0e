# METADATA
# title: Too many programs that nobody knows
# description: >
#   What no package manager installed and what does not say what it is cannot be compared with advisories. The more of
#   it there is, the less a scan means. Counted are ELF programs, not libraries.
# custom:
#   id: PKG-015
#   severity: low
#   family: packages
#   input: image/v1
#   needs: [binaries]
#   remedy: Install programs as packages, build them so that they name their parts, or add an SBOM to the image.
#   standards:
#     nist-800-53: [CM-8, RA-5, RA-5(3)]
#     nist-800-190: [4.1.1]
#     pci-dss: [6.3.1]
#     fedramp: [image-scanning]
#   params:
#     max_percent: 10
package plimsoll.checks.pkg_015

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("binaries", message) if {
	found := input.binaries
	found.total > 0
	found.unidentified * 100 > found.total * data.params["PKG-015"].max_percent
	message := sprintf("%d of %d programs are not recognised", [found.unidentified, found.total])
}
