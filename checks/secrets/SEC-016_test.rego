package plimsoll.checks.sec_016_test

import data.plimsoll.checks.sec_016
import rego.v1

# A finding of the report as the document lists it.
found(id, more) := object.union(
	{
		"id": id, "title": "A finding", "fingerprint": "f1", "place": "app/x", "path": "app/x", "layer": 1, "base": false,
		"muted": false, "hidden": false, "severity": "high", "aliases": [],
	},
	more,
)

document(secrets, asked) := {"secrets": secrets, "personal_data": asked, "gaps": []}

test_denies_one if {
	count(sec_016.deny) == 1 with input as document([found("SEC-016", {})], true)
}

test_allows_other_secrets if {
	count(sec_016.deny) == 0 with input as document([found("SEC-001", {})], true)
	count(sec_016.not_assessed) == 0 with input as document([], true)
}

test_does_not_assess_unless_asked if {
	count(sec_016.not_assessed) == 1 with input as document([], false)
}
