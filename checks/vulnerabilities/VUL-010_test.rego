package plimsoll.checks.vul_010_test

import data.plimsoll.checks.vul_010
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

layers := [{"index": 0, "base": true}, {"index": 1, "base": false}]

on_base(flaws) := object.union(document(flaws), {"layers": layers})

test_denies_one_of_the_base if {
	some hit in vul_010.deny with input as on_base([flaw({"base": true})])
	hit.message == "CVE-2026-1111 in openssl 3.0.1 came with the base image, and is fixed in 3.0.9"
}

test_allows_others if {
	every more in [{"base": false}, {"base": true, "fixable": false}] {
		count(vul_010.deny) == 0 with input as on_base([flaw(more)])
		count(vul_010.not_assessed) == 0 with input as on_base([flaw(more)])
	}
}

test_does_not_assess_without_a_known_base if {
	document_ := object.union(document([flaw({})]), {"layers": [{"index": 0, "base": false}]})
	count(vul_010.not_assessed) == 1 with input as document_
}
