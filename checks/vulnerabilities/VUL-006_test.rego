package plimsoll.checks.vul_006_test

import data.plimsoll.checks.vul_006
import rego.v1

# A finding of the report as the document lists it.
found(id, more) := object.union(
	{
		"id": id, "title": "A finding", "fingerprint": "f1", "place": "app/x", "path": "app/x", "layer": 1, "base": false,
		"muted": false, "hidden": false, "severity": "high", "aliases": [],
	},
	more,
)

flaw(more) := object.union(
	found("CVE-2026-1111", {
		"name": "openssl", "version": "3.0.1", "purl": "pkg:deb/debian/openssl@3.0.1", "severity": "critical",
		"fixable": true, "fixed_in": ["3.0.9"], "exploited": false, "exploited_due": "", "ransomware": false, "epss": 0.01,
		"cvss": 9.8, "muted_by": null, "justification": null, "status": "affected", "base": false,
	}),
	more,
)

document(flaws) := {"vulnerabilities": flaws, "gaps": []}

tenth := {"VUL-006": {"probability": 0.1}}

test_denies_a_likely_one if {
	some hit in vul_006.deny with input as document([flaw({"epss": 0.5})]) with data.params as tenth
	endswith(hit.message, "50 %")
}

test_allows_others if {
	flaws := [flaw({"epss": 0.09}), flaw({"epss": null})]
	count(vul_006.deny) == 0 with input as document(flaws) with data.params as tenth
	count(vul_006.not_assessed) == 0 with input as document(flaws) with data.params as tenth
}

test_does_not_assess_without_probabilities if {
	count(vul_006.not_assessed) == 1 with input as document([flaw({"epss": null})]) with data.params as tenth
}
