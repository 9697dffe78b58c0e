package plimsoll.checks.sec_006_test

import data.plimsoll.checks.sec_006
import rego.v1

# A finding of the report as the document lists it.
found(id, more) := object.union(
	{
		"id": id, "title": "A finding", "fingerprint": "f1", "place": "app/x", "path": "app/x", "layer": 1, "base": false,
		"muted": false, "hidden": false, "severity": "high", "aliases": [],
	},
	more,
)

one := found("SEC-006", {"redacted": "abcd… (40 characters)"})

test_denies_what_the_report_has if {
	some hit in sec_006.deny with input as {"secrets": [one], "gaps": []}
	hit.refers == "f1"
	hit.message == "A finding: abcd… (40 characters), in app/x"
}

test_tells_muted_ones_as_well if {
	muted := object.union(one, {"muted": true})
	count(sec_006.deny) == 1 with input as {"secrets": [muted], "gaps": []}
}

test_allows_findings_of_other_checks if {
	document := {"secrets": [found("SEC-001", {"redacted": "abcd… (40 characters)"})], "gaps": []}
	count(sec_006.deny) == 0 with input as document
	count(sec_006.not_assessed) == 0 with input as document
}

test_does_not_pass_on_a_layer_that_was_not_read if {
	gap := {"blind": true, "location": "layer 3", "reason": "unreadable", "message": "layer 3 could not be read"}
	count(sec_006.not_assessed) == 1 with input as {"secrets": [], "gaps": [gap]}
}

test_says_when_a_later_layer_removes_it if {
	hidden := object.union(one, {"hidden": true})
	some hit in sec_006.deny with input as {"secrets": [hidden], "gaps": []}
	contains(hit.message, "a later layer removes it")
}
