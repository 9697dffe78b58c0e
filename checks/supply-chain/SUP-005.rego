# METADATA
# title: The SBOM tells of another image
# description: >
#   Packages are in the image that the SBOM does not name, or the other way round. Whoever relies on it looks at the
#   wrong list.
# custom:
#   id: SUP-005
#   severity: medium
#   family: supply-chain
#   input: image/v1
#   needs: [evidence.sboms]
#   remedy: Make it anew in the build that makes the image, for that very digest.
#   standards:
#     nist-800-53: [CM-8]
#     pci-dss: [6.3.2]
#     eu-cra: [I-II-1]
#   params:
#     allowed: 0
package plimsoll.checks.sup_005

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("evidence.sboms.%s", [entry.format]), message) if {
	some entry in input.evidence.sboms
	is_number(entry.missing_count)
	wrong := entry.missing_count + entry.extra_count
	wrong > data.params["SUP-005"].allowed
	message := sprintf("the SBOM (%s) differs: packages left out: %d%s; named and not there: %d%s", [
		entry.format, entry.missing_count, example(entry.missing), entry.extra_count, example(entry.extra),
	])
}

example(names) := sprintf(" (%s)", [names[0]]) if count(names) > 0

example(names) := "" if count(names) == 0

not_assessed contains sprintf("an SBOM (%s) names no package in a way that can be compared", [entry.format]) if {
	some entry in input.evidence.sboms
	not is_array(object.get(entry, "missing", null))
}

not_assessed contains "no SBOM is attached" if count(input.evidence.sboms) == 0
