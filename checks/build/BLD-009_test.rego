package plimsoll.checks.bld_009_test

import data.plimsoll.checks.bld_009
import data.plimsoll.lib.examples
import rego.v1

test_denies_a_secret_in_the_text if {
	secret := {
		"rule": "github-token", "found_in": "history", "place": "step 1", "fingerprint": "f1",
		"redacted": "ghp_… (40 characters)",
	}
	document := {"steps": [examples.root, examples.run(1, ["git clone x"])], "secrets": [secret]}
	some hit in bld_009.deny with input as document
	hit.message == "the history of the build holds a secret (github-token): ghp_… (40 characters)"
	hit.refers == "f1"
}

test_denies_an_argument_by_its_name if {
	steps := [examples.root, object.union(examples.run(1, ["npm ci"]), {"arguments": ["NPM_TOKEN", "VERSION"]})]
	some hit in bld_009.deny with input as {"steps": steps, "secrets": []}
	hit.severity == "high"
}

test_allows_other_arguments_and_places if {
	elsewhere := {"rule": "github-token", "found_in": "file", "place": "a", "redacted": "ghp_…"}
	arguments := {"arguments": ["VERSION", "TOKENIZER", "GPG_KEY", "SECRET"]}
	document := {"steps": [examples.root, object.union(examples.run(1, ["make"]), arguments)], "secrets": [elsewhere]}
	count(bld_009.deny) == 0 with input as document with data.params as {"BLD-009": {"allowed_arguments": ["SECRET"]}}
	count(bld_009.deny) == 1 with input as document with data.params as {"BLD-009": {"allowed_arguments": []}}
}

test_does_not_assess_what_the_history_does_not_tell if {
	count(bld_009.not_assessed) == 1 with input as {"steps": []}
	count(bld_009.not_assessed) == 1 with input as {"steps": examples.untold}
	count(bld_009.deny) == 0 with input as {"steps": examples.untold}
}
