# METADATA
# title: Nothing tells when it was signed
# description: >
#   When a key is stolen, what was signed before is to be told from what was signed after. That takes a log that all can
#   read, or a time stamp of somebody else.
# custom:
#   id: SUP-009
#   severity: low
#   family: supply-chain
#   input: image/v1
#   needs: [evidence.signatures]
#   remedy: Sign with an entry in a transparency log, or with an RFC 3161 time stamp.
#   standards:
#     nist-800-53: [SI-7(6)]
#     cis-docker: ["4.12"]
package plimsoll.checks.sup_009

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("evidence.signatures.%s", [entry.digest]), message) if {
	some entry in signatures
	object.get(entry, "logged", false) == false
	object.get(entry, "stamped", false) == false
	message := sprintf("the signature (%s) is neither in a log nor stamped with a time", [entry.kind])
}

# The proof itself would take the keys of the log or of whoever stamped it.
expected contains message if {
	some entry in signatures
	some proof in ["logged", "stamped"]
	object.get(entry, proof, false) == true
	message := sprintf("a proof of when it was signed is present, not verified (%s, %s)", [entry.kind, proof])
}

not_assessed contains "there is no signature to look at" if count(signatures) == 0

# One of another image needs no proof.
signatures := [entry |
	some entry in input.evidence.signatures
	object.get(entry, "of_this_image", null) != false
]
