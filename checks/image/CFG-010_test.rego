package plimsoll.checks.cfg_010_test

import data.plimsoll.checks.cfg_010
import rego.v1

test_denies_telnet if {
	some hit in cfg_010.deny with input as {"config": {"ports": [
		{"text": "23/tcp", "port": 23, "last": 23, "protocol": "tcp"},
	]}}
	hit.message == "port 23 is exposed, that of Telnet"
}

test_denies_one_within_a_range if {
	count(cfg_010.deny) == 1 with input as {"config": {"ports": [
		{"text": "5900-5910/tcp", "port": 5900, "last": 5910, "protocol": "tcp"},
	]}}
}

test_allows_others if {
	count(cfg_010.deny) == 0 with input as {"config": {"ports": [
		{"text": "443/tcp", "port": 443, "last": 443, "protocol": "tcp"},
		{"text": "514/udp", "port": 514, "last": 514, "protocol": "udp"},
		{"text": "8080/tcp", "port": 8080, "last": 8080, "protocol": "tcp"},
	]}}
}

test_heeds_the_list if {
	count(cfg_010.deny) == 0 with input as {"config": {"ports": [
		{"text": "23/tcp", "port": 23, "last": 23, "protocol": "tcp"},
	]}}
		with data.lists as {"clear-text-ports": []}
}
