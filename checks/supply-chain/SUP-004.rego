# METADATA
# title: The SBOM leaves out what one has to say
# description: >
#   A list without versions, suppliers or relations cannot be compared with advisories, nor handed to a customer who
#   asks for the minimum elements.
# custom:
#   id: SUP-004
#   severity: low
#   family: supply-chain
#   input: image/v1
#   needs: [evidence.sboms]
#   remedy: Make it anew with a tool that fills them in, from the build rather than from the finished image.
#   standards:
#     nist-800-53: [SR-4]
#     pci-dss: [6.3.2]
#     eu-cra: [I-II-1]
package plimsoll.checks.sup_004

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("evidence.sboms.%s", [entry.format]), message) if {
	some entry in input.evidence.sboms
	count(entry.lacks) > 0
	message := sprintf("the SBOM (%s) lacks: %s", [entry.format, concat(", ", entry.lacks)])
}

not_assessed contains "no SBOM is attached" if count(input.evidence.sboms) == 0
