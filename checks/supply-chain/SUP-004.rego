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
#   remedy: >
#     Make it anew with a tool that fills them in, from the build rather than from the finished image. `params.edition` is
#     2021 for the seven elements of that year, 2025 for those that the later draft adds.
#   standards:
#     nist-800-53: [SR-4]
#     pci-dss: [6.3.2]
#     eu-cra: [I-II-1]
#   params:
#     edition: 2021
package plimsoll.checks.sup_004

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("evidence.sboms.%s", [entry.format]), message) if {
	some entry in input.evidence.sboms
	is_array(entry.lacks)
	lacks := lacking(entry)
	count(lacks) > 0
	message := sprintf("the SBOM (%s) lacks: %s", [entry.format, concat(", ", lacks)])
}

# The draft of 2025 adds hash, licence, tool and context to the elements of 2021.
lacking(entry) := entry.lacks if edition < 2025

lacking(entry) := array.concat(entry.lacks, entry.lacks_2025) if edition >= 2025

edition := data.params["SUP-004"].edition

not_assessed contains sprintf("an SBOM (%s) is in a form that is not read", [entry.format]) if {
	some entry in input.evidence.sboms
	not is_array(object.get(entry, "lacks", null))
}

not_assessed contains "no SBOM is attached" if count(input.evidence.sboms) == 0
