package plimsoll.checks.pkg_016_test

import data.plimsoll.checks.pkg_016
import rego.v1

found(id, aliases) := {"vulnerabilities": [{
	"id": id, "aliases": aliases, "name": "crossenv", "version": "6.1.1", "purl": "pkg:npm/crossenv@6.1.1",
	"fingerprint": "beef", "place": "crossenv",
}]}

test_refers_to_the_finding if {
	some hit in pkg_016.deny with input as found("MAL-2022-2087", [])
	hit.refers == "beef"
	hit.message == "crossenv 6.1.1 was made to harm (MAL-2022-2087)"
}

test_heeds_other_names if {
	count(pkg_016.deny) == 1 with input as found("GHSA-c2q7-2f8q-w5p7", ["MAL-2022-2087"])
}

test_allows_mere_flaws if {
	count(pkg_016.deny) == 0 with input as found("CVE-2024-1000", ["GHSA-c2q7-2f8q-w5p7"])
}
