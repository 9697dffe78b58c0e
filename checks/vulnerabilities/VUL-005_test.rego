package plimsoll.checks.vul_005_test

import data.plimsoll.checks.vul_005
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

pci := {"VUL-005": {"score": 4}}

test_denies_the_limit_and_above if {
	every score in [4, 9.8] {
		count(vul_005.deny) == 1 with input as document([flaw({"cvss": score})]) with data.params as pci
	}
}

test_allows_less if {
	count(vul_005.deny) == 0 with input as document([flaw({"cvss": 3.9})]) with data.params as pci
	count(vul_005.not_assessed) == 0 with input as document([flaw({"cvss": 3.9})]) with data.params as pci
}

test_does_not_assess_without_a_score_or_a_limit if {
	count(vul_005.not_assessed) == 1 with input as document([flaw({"cvss": null})]) with data.params as pci
	count(vul_005.not_assessed) == 1 with input as document([flaw({})]) with data.params as {"VUL-005": {"score": null}}
}
