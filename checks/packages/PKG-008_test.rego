package plimsoll.checks.pkg_008_test

import data.plimsoll.checks.pkg_008
import rego.v1

eol := {
	"id": "EOL", "of": "distribution", "why": "end-of-life", "name": "debian", "version": "10", "product": "debian",
	"end_of_life": "2022-09-10", "extended_until": "", "fingerprint": "0123", "place": "debian", "severity": "high",
}

os := {"id": "debian", "version": "10", "package_database": true}

test_refers_to_the_finding if {
	some hit in pkg_008.deny with input as {"os": os, "outdated": [eol]}
	hit.refers == "0123"
	hit.message == "debian 10 is past its end of life, 2022-09-10"
}

test_allows_a_release_that_is_mended_for_all if {
	lts := object.union(eol, {"severity": "low", "extended_until": "2028-06-30"})
	count(pkg_008.deny) == 0 with input as {"os": os, "outdated": [lts]}
	some seen in pkg_008.expected with input as {"os": os, "outdated": [lts]}
	seen == "debian 10 is past its end of life, 2022-09-10, and gets fixes until 2028-06-30"
}

test_denies_a_release_that_is_mended_for_subscribers if {
	pro := object.union(eol, {"severity": "medium", "extended_until": "2028-04-30"})
	some hit in pkg_008.deny with input as {"os": os, "outdated": [pro]}
	hit.message == "debian 10 is past its end of life, 2022-09-10; only subscribers get fixes until 2028-04-30"
	count(pkg_008.expected) == 0 with input as {"os": os, "outdated": [pro]}
}

test_allows_a_supported_release if {
	others := [object.union(eol, {"of": "package"}), object.union(eol, {"why": "behind"})]
	count(pkg_008.deny) == 0 with input as {"os": os, "outdated": others}
	count(pkg_008.not_assessed) == 0 with input as {"os": os, "outdated": []}
}

test_does_not_assess_an_unknown_distribution if {
	count(pkg_008.not_assessed) == 1 with input as {"os": {"id": null}, "outdated": []}
	unknown := object.union(os, {"dates_known": false})
	count(pkg_008.not_assessed) == 1 with input as {"os": unknown, "outdated": []}
}
