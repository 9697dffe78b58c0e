package plimsoll.checks.cfg_007_test

import data.plimsoll.checks.cfg_007
import rego.v1

test_denies_ssh if {
	some hit in cfg_007.deny with input as {"config": {"ports": [{"port": 22, "protocol": "tcp"}]}}
	hit.place == "config.ports.22"
}

test_denies_a_range_with_it if {
	some hit in cfg_007.deny with input as {"config": {"ports": [{"port": 20, "last": 25, "protocol": "tcp"}]}}
	hit.place == "config.ports.22"
}

test_denies_what_the_parameter_names if {
	count(cfg_007.deny) == 1 with input as {"config": {"ports": [{"port": 2222, "protocol": "tcp"}]}}
		with data.params as {"CFG-007": {"ports": [2222]}}
}

test_allows_other_ports if {
	count(cfg_007.deny) == 0 with input as {"config": {"ports": [
		{"port": 443, "protocol": "tcp"},
		{"port": 22, "protocol": "udp"},
	]}}
}
