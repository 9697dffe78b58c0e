package plimsoll.checks.cfg_029_test

import data.plimsoll.checks.cfg_029
import rego.v1

layers := {"layers": [{"index": 0, "size": 30000000}, {"index": 1, "size": 1000}, {"index": 2, "size": 500}]}

limits(most, bytes) := {"CFG-029": {"max_layers": most, "max_bytes": bytes}}

test_denies_too_many if {
	some hit in cfg_029.deny with input as layers with data.params as limits(2, 0)
	hit.message == "3 layers, more than 2"
}

test_denies_too_large if {
	some hit in cfg_029.deny with input as layers with data.params as limits(0, 1000000)
	hit.place == "layers.size"
}

test_allows_within if {
	count(cfg_029.deny) == 0 with input as layers with data.params as limits(3, 40000000)
	count(cfg_029.not_assessed) == 0 with input as layers with data.params as limits(3, 40000000)
}

test_does_not_assess_without_limits if {
	count(cfg_029.deny) == 0 with input as layers
	count(cfg_029.not_assessed) == 1 with input as layers
}
