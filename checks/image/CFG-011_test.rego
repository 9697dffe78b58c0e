package plimsoll.checks.cfg_011_test

import data.plimsoll.checks.cfg_011
import rego.v1

test_refers_to_a_secret_in_the_environment if {
	some hit in cfg_011.deny with input as {
		"config": {"env": [{"name": "GITHUB_TOKEN", "value": "***"}]},
		"secrets": [{
			"id": "SEC-001", "rule": "github-token", "redacted": "ghp_… (40 characters)", "found_in": "environment",
			"fingerprint": "f00d", "place": "environment", "hidden": false,
		}],
	}
	hit.refers == "f00d"
	contains(hit.message, "github-token")
}

test_leaves_files_to_others if {
	count(cfg_011.deny) == 0 with input as {
		"config": {"env": [{"name": "PATH", "value": "/usr/local/bin:/usr/bin"}]},
		"secrets": [{
			"id": "SEC-002", "rule": "private-key", "redacted": "(1704 characters)", "found_in": "file",
			"fingerprint": "cafe", "place": "app/server.key", "hidden": false,
		}],
	}
}

test_allows_the_environment_of_python if {
	count(cfg_011.deny) == 0 with input as {
		"config": {"env": [
			{"name": "GPG_KEY", "value": "7169605F62C751356D054A26A821E680E5FA6305"},
			{"name": "PYTHON_SHA256", "value": "5462f9099dfd30e238def83c71d91897d8caa5ff6ebc7a50f14d4802cdaaa79a"},
		]},
		"secrets": [],
	}
}
