package plimsoll.checks.vul_009_test

import data.plimsoll.checks.vul_009
import rego.v1

week := {"VUL-009": {"hours": 168}}

test_denies_old_data if {
	some hit in vul_009.deny with input as {"data": [{"name": "debian", "age_hours": 200}]} with data.params as week
	hit.message == "the data of debian is 8 days old, 7 days are allowed"
	hit.refers == "data debian"
}

test_allows_fresh_data if {
	document := {"data": [{"name": "debian", "age_hours": 20}]}
	count(vul_009.deny) == 0 with input as document with data.params as week
	count(vul_009.not_assessed) == 0 with input as document with data.params as week
}

test_does_not_assess_without_data_or_its_age if {
	count(vul_009.not_assessed) == 1 with input as {"data": []} with data.params as week
	count(vul_009.not_assessed) == 1 with input as {"data": [{"name": "x", "age_hours": null}]} with data.params as week
}
