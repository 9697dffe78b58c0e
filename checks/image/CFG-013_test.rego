package plimsoll.checks.cfg_013_test

import data.plimsoll.checks.cfg_013
import rego.v1

test_denies_folders_of_the_system if {
	document := {"config": {"volumes": ["/sys/fs/cgroup", "/etc/", "/data"]}}
	places := {hit.place | some hit in cfg_013.deny} with input as document
	places == {"config.volumes./sys/fs/cgroup", "config.volumes./etc"}
}

test_allows_folders_of_applications if {
	count(cfg_013.deny) == 0 with input as {"config": {"volumes": [
		"/data", "/var/lib/postgresql/data", "/etc/influxdb2", "/usr/share/elasticsearch/data", "/devices", "/run",
	]}}
}

test_allows_none if {
	count(cfg_013.deny) == 0 with input as {"config": {"volumes": []}}
}
