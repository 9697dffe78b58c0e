package plimsoll.checks.bld_014_test

import data.plimsoll.checks.bld_014
import rego.v1

test_denies_what_is_only_hidden if {
	removed := [
		{"path": "root/.ssh/id_ed25519", "layer": 2, "hidden": true},
		{"path": "app/.env", "layer": 3, "hidden": true},
		{"path": "home/app/.docker/config.json", "layer": 3, "hidden": true},
		{"path": "src/.git/config", "layer": 3, "hidden": true},
		{"path": "root/.bash_history", "layer": 3, "hidden": true},
	]
	hits := bld_014.deny with input as {"fs": {"removed": removed}}
	count(hits) == 5
	some hit in hits
	hit.path == "root/.ssh/id_ed25519"
	hit.message == "a private key, which a later layer only hides"
	hit.layer == 2
}

test_allows_what_harms_nobody if {
	removed := [
		{"path": "var/lib/apt/lists/x", "layer": 2},
		{"path": "root/.ssh/id_rsa.pub", "layer": 2},
		{"path": "app/.env.example", "layer": 2},
		{"path": "tmp/build.log", "layer": 2},
	]
	count(bld_014.deny) == 0 with input as {"fs": {"removed": removed}}
}
