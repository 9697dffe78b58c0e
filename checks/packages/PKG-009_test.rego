package plimsoll.checks.pkg_009_test

import data.plimsoll.checks.pkg_009
import rego.v1

eol := {
	"id": "EOL", "of": "package", "why": "end-of-life", "name": "node", "version": "16.20.2", "product": "nodejs",
	"end_of_life": "2023-09-11", "extended_until": "", "fingerprint": "0123", "place": "node",
}

test_refers_to_the_finding if {
	some hit in pkg_009.deny with input as {"outdated": [eol]}
	hit.refers == "0123"
	hit.message == "node 16.20.2 is of a line that is past its end of life"
}

test_allows_others if {
	others := [object.union(eol, {"of": "distribution"}), object.union(eol, {"why": "deprecated"})]
	count(pkg_009.deny) == 0 with input as {"outdated": others}
	count(pkg_009.deny) == 0 with input as {"outdated": []}
}
