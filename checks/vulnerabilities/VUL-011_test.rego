package plimsoll.checks.vul_011_test

import data.plimsoll.checks.vul_011
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

test_denies_log4shell if {
	some hit in vul_011.deny
		with input as document([flaw({"id": "CVE-2021-44228", "name": "log4j-core", "version": "2.14.1"})])
	hit.message == "CVE-2021-44228 in log4j-core 2.14.1 is Log4Shell"
}

test_denies_one_by_another_name if {
	some hit in vul_011.deny with input as document([flaw({"id": "GHSA-36p3-wjmg-h94x", "aliases": ["CVE-2022-22965"]})])
	endswith(hit.message, "is Spring4Shell")
}

test_allows_others if {
	count(vul_011.deny) == 0 with input as document([flaw({})])
}

test_does_not_pass_on_what_was_not_seen if {
	gap := {"blind": true, "location": "debian", "reason": "data-missing", "message": "no data for Debian"}
	count(vul_011.not_assessed) == 1 with input as {"vulnerabilities": [], "gaps": [gap]}
}
