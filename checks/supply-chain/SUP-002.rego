# METADATA
# title: Signed by nobody who is trusted
# description: >
#   Anybody can sign. A signature is worth something only where it is valid and of somebody whom you expect.
# custom:
#   id: SUP-002
#   severity: high
#   family: supply-chain
#   input: image/v1
#   needs: [evidence.signatures]
#   remedy: >
#     Find out who signed, then sign it properly or name the signer: `params.identities` with `identity` and `issuer` as
#     the certificate has them (a star stands for any end), `params.keys` with the fingerprints of keys.
#   standards:
#     nist-800-53: [CM-5, CM-14, SI-7, SI-7(15)]
#     nist-800-190: [4.1.5]
#     cis-docker: ["4.5", "4.12"]
#     iso-27001: [A.5.21]
#     soc-2: [CC6.8]
#     hipaa: [164.312(c)(1)]
#     eu-cra: [I-I-2-f]
#     nsa-cisa: [trusted-images]
#   params:
#     identities: []
#     keys: []
package plimsoll.checks.sup_002

import data.plimsoll.lib.result
import data.plimsoll.lib.text
import rego.v1

deny contains result.at("evidence.signatures", message) if {
	has_policy
	count(signatures) > 0
	count(trusted) == 0
	signers := concat(", ", {signer(entry) | some entry in signatures})
	message := sprintf("none of %d signatures is valid and of a trusted signer: %s", [count(signatures), signers])
}

not_assessed contains "no trusted signer is given (params.identities, params.keys)" if not has_policy

not_assessed contains "there is no signature to look at" if {
	has_policy
	count(signatures) == 0
}

signatures := input.evidence.signatures

policy := data.params["SUP-002"]

has_policy if count(policy.identities) + count(policy.keys) > 0

trusted contains index if {
	some index, entry in signatures
	entry.valid == true
	is_trusted(entry)
}

is_trusted(entry) if {
	some key in policy.keys
	entry.key == key
}

is_trusted(entry) if {
	some known in policy.identities
	text.like(known.issuer, entry.issuer)
	text.like(known.identity, entry.identity)
}

signer(entry) := concat("", [named(entry), suffix(entry)])

named(entry) := entry.identity if object.get(entry, "identity", "") != ""

named(entry) := sprintf("key %s", [object.get(entry, "key", "")]) if object.get(entry, "identity", "") == ""

suffix(entry) := "" if entry.valid == true

suffix(entry) := " (not valid)" if entry.valid != true
