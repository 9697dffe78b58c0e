package plimsoll.checks.cfg_009_test

import data.plimsoll.checks.cfg_009
import rego.v1

test_denies_another_port if {
	some hit in cfg_009.deny with input as {"config": {"ports": [
		{"text": "8080/tcp", "port": 8080, "last": 8080, "protocol": "tcp"},
		{"text": "9090/tcp", "port": 9090, "last": 9090, "protocol": "tcp"},
	]}}
		with data.params as {"CFG-009": {"approved_ports": [8080]}}
	hit.place == "config.ports.9090/tcp"
}

test_denies_another_protocol_and_a_range if {
	count(cfg_009.deny) == 2 with input as {"config": {"ports": [
		{"text": "53/tcp", "port": 53, "last": 53, "protocol": "tcp"},
		{"text": "8080-8090/tcp", "port": 8080, "last": 8090, "protocol": "tcp"},
	]}}
		with data.params as {"CFG-009": {"approved_ports": ["53/udp", 8080]}}
}

test_allows_what_is_approved if {
	document := {"config": {"ports": [
		{"text": "8080/tcp", "port": 8080, "last": 8080, "protocol": "tcp"},
		{"text": "53/udp", "port": 53, "last": 53, "protocol": "udp"},
		{"text": "8000-8010", "port": 8000, "last": 8010, "protocol": "tcp"},
	]}}
	params := {"CFG-009": {"approved_ports": [8080, "53/udp", "8000-8010/tcp"]}}
	count(cfg_009.deny) == 0 with input as document with data.params as params
	count(cfg_009.not_assessed) == 0 with input as document with data.params as params
}

test_does_not_assess_without_a_list if {
	document := {"config": {"ports": [{"text": "8080/tcp", "port": 8080, "last": 8080, "protocol": "tcp"}]}}
	count(cfg_009.deny) == 0 with input as document
	count(cfg_009.not_assessed) == 1 with input as document
}

test_needs_no_list_where_nothing_is_exposed if {
	count(cfg_009.not_assessed) == 0 with input as {"config": {"ports": []}}
}
