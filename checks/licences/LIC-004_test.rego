package plimsoll.checks.lic_004_test

import data.plimsoll.checks.lic_004
import rego.v1

# A finding of the report as the document lists it.
found(id, more) := object.union(
	{
		"id": id, "title": "A finding", "fingerprint": "f1", "place": "app/x", "path": "app/x", "layer": 1, "base": false,
		"muted": false, "hidden": false, "severity": "high", "aliases": [],
	},
	more,
)

one := found("LIC-004", {"name": "left-pad", "version": "1.3.0", "expression": "AGPL-3.0-only"})

test_denies_what_the_report_has if {
	some hit in lic_004.deny with input as {"licences": [one]}
	hit.refers == "f1"
	hit.message == "left-pad 1.3.0 is under AGPL-3.0-only"
}

test_tells_muted_ones_as_well if {
	muted := object.union(one, {"muted": true})
	count(lic_004.deny) == 1 with input as {"licences": [muted]}
}

test_allows_findings_of_other_checks if {
	document := {"licences": [found("LIC-001", {"name": "left-pad", "version": "1.3.0", "expression": "AGPL-3.0-only"})]}
	count(lic_004.deny) == 0 with input as document
}
