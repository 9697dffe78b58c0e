package plimsoll.checks.vul_003_test

import data.plimsoll.checks.vul_003
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
	some hit in vul_003.deny with input as document([flaw({"exploited": true, "exploited_due": "2026-12-01"})])
	hit.message == "CVE-2026-1111 in openssl 3.0.1 is exploited; CISA wants it fixed by 2026-12-01"
}

test_denies_what_ransomware_uses if {
	some hit in vul_003.deny with input as document([flaw({"ransomware": true})])
	hit.message == "CVE-2026-1111 in openssl 3.0.1 is exploited, also by ransomware"
}

test_allows_others if {
	count(vul_003.deny) == 0 with input as document([flaw({})])
}

test_does_not_pass_on_what_was_not_seen if {
	gap := {"blind": true, "location": "debian", "reason": "data-missing", "message": "no data for Debian"}
	count(vul_003.not_assessed) == 1 with input as {"vulnerabilities": [], "gaps": [gap]}
}
