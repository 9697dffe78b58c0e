# METADATA
# title: Signed by nobody who is trusted
# description: >
#   Anybody can sign. A signature is worth something only where it is valid and of somebody whom you expect.
# custom:
#   id: SUP-002
#   severity: high
#   family: supply-chain
#   input: image/v1
#   needs: [evidence.signatures, evidence.keys]
#   remedy: >
#     Find out who signed, then sign it properly or name the signer: `--verify-key FILE` gives a public key, of which
#     `params.keys` may list the fingerprints that count; `params.identities` has `identity` and `issuer` as the certificate
#     has them (a star stands for any end). Certificates are read and not verified, so that a name in one is never enough.
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
	count(open) == 0
	signers := concat(", ", {signer(entry) | some entry in signatures})
	message := sprintf("none of %d signatures is valid and of a trusted signer: %s", [count(signatures), signers])
}

not_assessed contains "no trusted signer is given (--verify-key, params.keys, params.identities)" if not has_policy

deny contains result.at("evidence.signatures", "there is no signature at all, so none of a trusted signer") if {
	has_policy
	count(signatures) == 0
}

not_assessed contains sprintf("a signature may be of a trusted signer, and was not verified: %s", [signer(entry)]) if {
	count(trusted) == 0
	some entry in open
}

signatures := input.evidence.signatures

given := input.evidence.keys

policy := data.params["SUP-002"]

has_policy if count(policy.identities) + count(policy.keys) + count(given) > 0

# A key that somebody gives is trusted, unless the parameters pick among those that are given.
keys := policy.keys if count(policy.keys) > 0

keys := given if count(policy.keys) == 0

trusted contains index if {
	some index, entry in signatures
	entry.valid == true
	is_trusted(entry)
}

is_trusted(entry) if {
	some key in keys
	entry.key == key
}

is_trusted(entry) if is_named(entry)

is_named(entry) if {
	some known in policy.identities
	text.like(known.issuer, entry.issuer)
	text.like(known.identity, entry.identity)
}

# What was not verified, and could turn out to be of somebody who is trusted.
open contains entry if {
	some entry in signatures
	entry.valid == null
	is_named(entry)
}

open contains entry if {
	some entry in signatures
	entry.valid == null
	object.get(entry, "identity", "") == ""
	not is_tried
}

# Where keys alone are trusted, what they did not verify is not trusted.
is_tried if {
	count(given) > 0
	count(policy.identities) == 0
}

signer(entry) := concat("", [named(entry), suffix(entry)])

named(entry) := entry.identity if object.get(entry, "identity", "") != ""

named(entry) := sprintf("key %s", [entry.key]) if {
	object.get(entry, "identity", "") == ""
	object.get(entry, "key", "") != ""
}

named(entry) := sprintf("%s, signer unknown", [entry.kind]) if {
	object.get(entry, "identity", "") == ""
	object.get(entry, "key", "") == ""
}

suffix(entry) := "" if entry.valid == true

suffix(entry) := " (not valid)" if entry.valid == false

suffix(entry) := " (not verified)" if entry.valid == null
