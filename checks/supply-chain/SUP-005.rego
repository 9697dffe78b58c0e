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
	wrong := count(entry.missing) + count(entry.extra)
	wrong > data.params["SUP-005"].allowed
	message := sprintf("the SBOM (%s) differs: packages left out: %d%s; named and not there: %d%s", [
		entry.format, count(entry.missing), example(entry.missing), count(entry.extra), example(entry.extra),
	])
}

example(names) := sprintf(" (%s)", [names[0]]) if count(names) > 0

example(names) := "" if count(names) == 0

not_assessed contains "no SBOM is attached" if count(input.evidence.sboms) == 0
