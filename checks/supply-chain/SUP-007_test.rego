package plimsoll.checks.sup_007_test

import data.plimsoll.checks.sup_007
import rego.v1

provenance := {
	"valid": true, "builder": "https://github.com/actions/runner/github-hosted", "level": 3,
	"repository": "git+https://github.com/example/app.git", "revision": "5f1c0d3",
}

rules(builders, level) := {"SUP-007": {"builders": builders, "level": level}}

test_denies_another_builder_and_a_low_level if {
	another := object.union(provenance, {"builder": "https://ci.example/x", "level": 1})
	document := {"evidence": {"provenance": [another]}}
	places := {hit.place | some hit in sup_007.deny} with input as document
		with data.params as rules(["https://github.com/actions/*"], 2)
	places == {"evidence.provenance.builder", "evidence.provenance.level"}
}

test_allows_a_trusted_one if {
	document := {"evidence": {"provenance": [object.union(provenance, {"level": 2})]}}
	params := rules(["https://github.com/actions/*"], 3)
	count(sup_007.deny) == 0 with input as document with data.params as params
	count(sup_007.not_assessed) == 0 with input as document with data.params as params
}

test_does_not_believe_what_nobody_verified if {
	every claim in [{"valid": null, "level": null}, {"valid": null, "level": 1}] {
		document := {"evidence": {"provenance": [object.union(provenance, claim)]}}
		params := rules(["https://github.com/actions/*"], 0)
		count(sup_007.deny) == 0 with input as document with data.params as params
		count(sup_007.not_assessed) == 1 with input as document with data.params as params
	}
}

test_does_not_assess_without_rules_or_provenance if {
	count(sup_007.deny) == 0 with input as {"evidence": {"provenance": [provenance]}}
	count(sup_007.not_assessed) == 1 with input as {"evidence": {"provenance": [provenance]}}
	count(sup_007.not_assessed) == 1 with input as {"evidence": {"provenance": []}} with data.params as rules([], 1)
	hardened := {"evidence": {"provenance": [object.union(provenance, {"level": 2})]}}
	count(sup_007.not_assessed) == 1 with input as hardened with data.params as rules([], 3)
}
