package plimsoll.checks.vul_007_test

import data.plimsoll.checks.vul_007
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

test_denies_one if {
	some hit in vul_007.deny with input as document([flaw({"fixable": false, "fixed_in": []})])
	hit.message == "CVE-2026-1111 in openssl 3.0.1 is critical, has no fix, and nobody decided about it"
}

test_allows_others if {
	every more in [{}, {"fixable": false, "muted": true}, {"fixable": false, "severity": "low"}] {
		count(vul_007.deny) == 0 with input as document([flaw(more)])
	}
}

test_does_not_pass_on_what_was_not_seen if {
	gap := {"blind": true, "location": "debian", "reason": "data-missing", "message": "no data for Debian"}
	count(vul_007.not_assessed) == 1 with input as {"vulnerabilities": [], "gaps": [gap]}
}
