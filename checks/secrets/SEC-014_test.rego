package plimsoll.checks.sec_014_test

import data.plimsoll.checks.sec_014
import rego.v1

# A finding of the report as the document lists it.
found(id, more) := object.union(
	{
		"id": id, "title": "A finding", "fingerprint": "f1", "place": "app/x", "path": "app/x", "layer": 1, "base": false,
		"muted": false, "hidden": false, "severity": "high", "aliases": [],
	},
	more,
)

test_denies_one if {
	document := {"config": {}, "secrets": [found("SEC-003", {"found_in": "label", "place": "label build.token"})]}
	some hit in sec_014.deny with input as document
	hit.message == "A finding, in label build.token"
}

test_allows_secrets_elsewhere if {
	count(sec_014.deny) == 0 with input as {"config": {}, "secrets": [found("SEC-003", {"found_in": "environment"})]}
}
