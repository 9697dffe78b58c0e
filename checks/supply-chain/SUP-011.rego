# METADATA
# title: The tag names another image than before
# description: >
#   Since the last scan somebody pushed another image under the same tag. What runs may be one that nobody has looked
#   at.
# custom:
#   id: SUP-011
#   severity: low
#   family: supply-chain
#   input: image/v1
#   needs: [evidence.earlier, reference.digest]
#   remedy: Scan again after each push, and deploy by digest.
#   standards:
#     nist-800-53: [CM-3]
#     nist-800-190: [4.2.2]
#     cis-docker: ["5.28"]
#     pci-dss: [11.5.2]
#     fedramp: [registry-monitoring]
#     iso-27001: [A.8.32]
#     soc-2: [CC3.4, CC7.1]
package plimsoll.checks.sup_011

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("reference.digest", message) if {
	object.get(input.reference, "pinned", false) == false
	earlier := input.evidence.earlier
	earlier.digest != input.reference.digest
	message := sprintf("the tag named %s on %s", [earlier.digest, earlier.day])
}
