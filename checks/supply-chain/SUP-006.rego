# METADATA
# title: No provenance of the build
# description: >
#   Nothing says from which source, by which builder and when the image was made.
# custom:
#   id: SUP-006
#   severity: low
#   family: supply-chain
#   input: image/v1
#   needs: [evidence.provenance]
#   remedy: Build with a builder that writes SLSA provenance, and attach it.
#   standards:
#     nist-800-53: [CM-3, SA-10, SA-15, SR-4]
#     nist-800-190: [4.1.5]
#     pci-dss: [6.5.1]
#     fedramp: [build-pipeline]
#     iso-27001: [A.5.21, A.8.25]
#     soc-2: [CC8.1]
package plimsoll.checks.sup_006

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("evidence.provenance", "no provenance is attached to the image") if {
	count(input.evidence.provenance) == 0
}
