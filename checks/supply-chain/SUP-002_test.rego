package plimsoll.checks.sup_002_test

import data.plimsoll.checks.sup_002
import rego.v1

keyless(identity, valid) := {
	"kind": "cosign", "valid": valid, "identity": identity, "issuer": "https://token.actions.githubusercontent.com",
	"key": "",
}

by_key(key, valid) := {"kind": "cosign", "valid": valid, "identity": "", "issuer": "", "key": key}

rules := {"SUP-002": {
	"identities": [{
		"identity": "https://github.com/example/app/*",
		"issuer": "https://token.actions.githubusercontent.com",
	}],
	"keys": ["sha256:ab12"],
}}

document(signatures, keys) := {"evidence": {"signatures": signatures, "keys": keys}}

found(signatures) := hits if {
	hits := sup_002.deny with input as document(signatures, []) with data.params as rules
}

unsure(signatures) := reasons if {
	reasons := sup_002.not_assessed with input as document(signatures, []) with data.params as rules
}

test_denies_strangers_and_what_is_not_valid if {
	some hit in found([keyless("https://github.com/other/app/x.yml@main", true)])
	contains(hit.message, "https://github.com/other/app/x.yml@main")
	some other in found([keyless("https://github.com/example/app/x.yml@main", false)])
	contains(other.message, "(not valid)")
	count(found([keyless("https://github.com/other/app/x.yml@main", null)])) == 1
}

test_allows_a_trusted_one_among_others if {
	count(found([keyless("https://github.com/other/app/x.yml@main", true), by_key("sha256:ab12", true)])) == 0
	count(found([keyless("https://github.com/example/app/x.yml@main", true)])) == 0
	count(unsure([keyless("https://github.com/example/app/x.yml@main", null), by_key("sha256:ab12", true)])) == 0
}

# A certificate that nobody verified may say anything.
test_does_not_assess_what_only_claims_to_be_trusted if {
	claims := keyless("https://github.com/example/app/x.yml@main", null)
	count(found([claims])) == 0
	some reason in unsure([claims])
	contains(reason, "x.yml@main (not verified)")
	count(unsure([by_key("", null)])) == 1
}

test_a_key_that_is_given_is_trusted if {
	own := document([by_key("sha256:cd34", true)], ["sha256:cd34"])
	count(sup_002.deny) == 0 with input as own
	count(sup_002.not_assessed) == 0 with input as own
	other := document([by_key("", false), keyless("https://github.com/x", null)], ["sha256:cd34"])
	count(sup_002.deny) == 1 with input as other
	unread := {"kind": "notation", "valid": null, "identity": "", "issuer": "", "key": ""}
	count(sup_002.deny) == 1 with input as document([unread], ["sha256:cd34"])
	count(sup_002.deny) == 1 with input as own with data.params as {"SUP-002": {"identities": [], "keys": ["sha256:ee"]}}
}

test_does_not_assess_without_signers if {
	one := document([by_key("sha256:ab12", null)], [])
	count(sup_002.deny) == 0 with input as one
	count(sup_002.not_assessed) > 0 with input as one
}

# Whoever takes the signature away must not do better than who signs wrongly.
test_denies_what_is_not_signed_at_all if {
	count(found([])) == 1
	count(sup_002.deny) == 1 with input as document([], ["sha256:cd34"])
	count(sup_002.deny) == 0 with input as document([], [])
}
