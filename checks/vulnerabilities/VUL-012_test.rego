package plimsoll.checks.vul_012_test

import data.plimsoll.checks.vul_012
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

hidden(justification, trusted) := {
	"vulnerabilities": [flaw({"muted": true, "muted_by": "vex.json", "justification": justification})],
	"statements": {"vex.json": {"trusted": trusted}},
}

test_denies_one_without_a_reason if {
	some hit in vul_012.deny with input as hidden("", true)
	hit.message == "CVE-2026-1111 in openssl 3.0.1 is hidden by vex.json, which gives no justification"
}

test_denies_one_of_a_stranger if {
	some hit in vul_012.deny with input as hidden("vulnerable_code_not_present", false)
	endswith(hit.message, "which is by nobody who is trusted")
}

test_allows_sound_ones_and_waivers if {
	count(vul_012.deny) == 0 with input as hidden("vulnerable_code_not_present", true)
	waived := {
		"vulnerabilities": [flaw({"muted": true, "muted_by": "waivers.yaml", "justification": ""})], "statements": {},
	}
	count(vul_012.deny) == 0 with input as waived
}
