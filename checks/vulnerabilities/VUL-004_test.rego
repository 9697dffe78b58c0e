package plimsoll.checks.vul_004_test

import data.plimsoll.checks.vul_004
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

with_state(state) := {
	"deadlines": ["pci"],
	"vulnerabilities": [flaw({"due": [{"profile": "pci", "state": state, "by": "2026-11-01"}]})],
}

test_denies_one_that_is_overdue if {
	some hit in vul_004.deny with input as with_state("overdue")
	hit.message == "CVE-2026-1111 in openssl 3.0.1 had to be fixed: pci by 2026-11-01"
}

test_allows_one_that_has_time if {
	every state in ["due", "no-limit"] {
		count(vul_004.deny) == 0 with input as with_state(state)
		count(vul_004.not_assessed) == 0 with input as with_state(state)
	}
}

test_does_not_assess_without_dates_or_deadlines if {
	count(vul_004.not_assessed) == 1 with input as with_state("not-assessed")
	count(vul_004.not_assessed) == 1 with input as {"deadlines": [], "vulnerabilities": []}
}

test_counts_vulnerabilities_once_and_leaves_out_what_is_muted if {
	due := [{"profile": "pci", "state": "not-assessed", "step": step, "by": ""} | some step in ["a", "b"]]
	other := flaw({"due": due, "muted": true, "id": "CVE-2026-2222"})
	document := {"deadlines": ["pci"], "vulnerabilities": [flaw({"due": due}), flaw({"due": due, "name": "x"}), other]}
	some reason in vul_004.not_assessed with input as document
	reason == "pci: 1 vulnerability has no date to count from, CVE-2026-1111 among them"
}
