package plimsoll.checks.cfg_008_test

import data.plimsoll.checks.cfg_008
import rego.v1

test_denies_http if {
	some hit in cfg_008.deny with input as {"config": {"ports": [
		{"text": "80/tcp", "port": 80, "last": 80, "protocol": "tcp"},
	]}}
	hit.place == "config.ports.80/tcp"
}

test_denies_each_protocol if {
	count(cfg_008.deny) == 2 with input as {"config": {"ports": [
		{"text": "53/tcp", "port": 53, "last": 53, "protocol": "tcp"},
		{"text": "53/udp", "port": 53, "last": 53, "protocol": "udp"},
	]}}
}

test_allows_others if {
	count(cfg_008.deny) == 0 with input as {"config": {"ports": [
		{"text": "1024/tcp", "port": 1024, "last": 1024, "protocol": "tcp"},
		{"text": "8000-8010/tcp", "port": 8000, "last": 8010, "protocol": "tcp"},
		{"text": "?/tcp", "port": null, "last": null, "protocol": "tcp"},
	]}}
}
