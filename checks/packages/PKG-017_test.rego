package plimsoll.checks.pkg_017_test

import data.plimsoll.checks.pkg_017
import rego.v1

eol := {
	"id": "EOL", "of": "package", "why": "end-of-life", "name": "openssl", "version": "1.0.2u", "product": "openssl",
	"end_of_life": "2019-12-31", "extended_until": "", "fingerprint": "0123", "place": "openssl",
}

test_refers_to_the_finding if {
	some hit in pkg_017.deny with input as {"outdated": [eol]}
	hit.refers == "0123"
}

test_goes_by_the_name_too if {
	count(pkg_017.deny) == 1 with input as {"outdated": [object.union(eol, {"name": "mbedtls", "product": ""})]}
}

test_allows_others if {
	others := [
		object.union(eol, {"name": "node", "product": "nodejs"}),
		object.union(eol, {"why": "behind"}),
	]
	count(pkg_017.deny) == 0 with input as {"outdated": others}
}
