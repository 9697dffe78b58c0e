# METADATA
# title: No signature
# description: >
#   Nothing tells that the image is what its makers pushed. Whoever can write to the registry can put another in its
#   place.
# custom:
#   id: SUP-001
#   severity: medium
#   family: supply-chain
#   input: image/v1
#   needs: [evidence.signatures]
#   remedy: Sign the image in the pipeline that builds it, and refuse unsigned ones where they are run.
#   aliases: [CIS-DI-0005]
#   standards:
#     nist-800-53: [CM-5, CM-14, SI-7, SI-7(6)]
#     nist-800-190: [4.1.5]
#     cis-docker: ["4.2", "4.5"]
#     hipaa: [164.312(c)(1)]
#     eu-cra: [I-I-2-f]
#     nsa-cisa: [trusted-images]
package plimsoll.checks.sup_001

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("evidence.signatures", "the image has no signature") if count(input.evidence.signatures) == 0

deny contains result.at("evidence.signatures", message) if {
	signatures := input.evidence.signatures
	count(signatures) > 0
	count([entry | some entry in signatures; object.get(entry, "of_this_image", null) != false]) == 0
	message := sprintf("of %d signatures that are attached none is of this image", [count(signatures)])
}
