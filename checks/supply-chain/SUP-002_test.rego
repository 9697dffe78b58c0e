package plimsoll.checks.sup_002_test

import data.plimsoll.checks.sup_002
import rego.v1

keyless(identity, valid) := {
	"kind": "cosign", "valid": valid, "identity": identity, "issuer": "https://token.actions.githubusercontent.com",
	"key": "",
}

by_key := {"kind": "notation", "valid": true, "identity": "", "issuer": "", "key": "sha256:ab12"}

rules := {"SUP-002": {
	"identities": [{
		"identity": "https://github.com/example/app/*",
		"issuer": "https://token.actions.githubusercontent.com",
	}],
	"keys": ["sha256:ab12"],
}}

found(signatures) := hits if {
	hits := sup_002.deny with input as {"evidence": {"signatures": signatures}} with data.params as rules
}

test_denies_strangers_and_what_is_not_valid if {
	some hit in found([keyless("https://github.com/other/app/x.yml@main", true)])
	contains(hit.message, "https://github.com/other/app/x.yml@main")
	some other in found([keyless("https://github.com/example/app/x.yml@main", false)])
	contains(other.message, "(not valid)")
}

test_allows_a_trusted_one_among_others if {
	count(found([keyless("https://github.com/other/app/x.yml@main", true), by_key])) == 0
	count(found([keyless("https://github.com/example/app/x.yml@main", true)])) == 0
}

test_does_not_assess_without_signers_or_signatures if {
	document := {"evidence": {"signatures": [by_key]}}
	count(sup_002.deny) == 0 with input as document
	count(sup_002.not_assessed) == 1 with input as document
	count(found([])) == 0
	count(sup_002.not_assessed) == 1 with input as {"evidence": {"signatures": []}} with data.params as rules
}
