package plimsoll.checks.pkg_015_test

import data.plimsoll.checks.pkg_015
import rego.v1

test_denies_a_large_share if {
	some hit in pkg_015.deny with input as {"binaries": {"total": 40, "unidentified": 9}}
	hit.message == "9 of 40 programs are not recognised"
}

test_heeds_the_parameter if {
	count(pkg_015.deny) == 1 with input as {"binaries": {"total": 100, "unidentified": 1}}
		with data.params as {"PKG-015": {"max_percent": 0}}
}

test_allows_a_small_share if {
	count(pkg_015.deny) == 0 with input as {"binaries": {"total": 1000, "unidentified": 100}}
	count(pkg_015.deny) == 0 with input as {"binaries": {"total": 0, "unidentified": 0}}
}
