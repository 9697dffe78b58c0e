package plimsoll.checks.sec_013_test

import data.plimsoll.checks.sec_013
import rego.v1

# A finding of the report as the document lists it.
found(id, more) := object.union(
	{
		"id": id, "title": "A finding", "fingerprint": "f1", "place": "app/x", "path": "app/x", "layer": 1, "base": false,
		"muted": false, "hidden": false, "severity": "high", "aliases": [],
	},
	more,
)

test_denies_one_that_is_removed_later if {
	some hit in sec_013.deny
		with input as {"secrets": [found("SEC-002", {"hidden": true, "redacted": "AKIA…"})], "gaps": []}
	hit.refers == "f1"
	contains(hit.message, "a later layer removes it")
}

test_allows_one_that_the_image_shows if {
	count(sec_013.deny) == 0 with input as {"secrets": [found("SEC-002", {"hidden": false})], "gaps": []}
}
