package plimsoll.checks.vul_008_test

import data.plimsoll.checks.vul_008
import rego.v1

month := {"VUL-008": {"days": 30}}

test_denies_an_old_scan if {
	some hit in vul_008.deny with input as {"scanned": {"age_days": 31}} with data.params as month
	hit.message == "it was scanned 31 days ago, 30 are allowed"
}

test_allows_a_fresh_one if {
	every days in [0, 30] {
		count(vul_008.deny) == 0 with input as {"scanned": {"age_days": days}} with data.params as month
	}
}
