package plimsoll.checks.fs_025_test

import data.plimsoll.checks.fs_025
import rego.v1

certificate(path) := {
	"path": path, "layer": 2, "subject": "CN=Example Root", "sha256": "ab12", "not_after": "2036-01-01T00:00:00Z",
	"key": "rsa", "bits": 4096, "signature": "sha256WithRSAEncryption",
}

test_denies_one if {
	some hit in fs_025.deny with input as {"certificates": [certificate("usr/local/share/ca-certificates/corp.crt")]}
		with data.params as {"FS-025": {"allowed": []}}
	hit.message == "usr/local/share/ca-certificates/corp.crt makes CN=Example Root a trusted authority (SHA-256 ab12)"
}

test_expects_one_that_is_allowed if {
	document := {"certificates": [certificate("etc/pki/ca-trust/source/anchors/corp.pem")]}
	count(fs_025.deny) == 0 with input as document with data.params as {"FS-025": {"allowed": ["AB:12"]}}
	count(fs_025.expected) == 1 with input as document with data.params as {"FS-025": {"allowed": ["AB:12"]}}
}

test_allows_certificates_of_programs if {
	count(fs_025.deny) == 0 with input as {"certificates": [certificate("app/tls/server.crt")]}
		with data.params as {"FS-025": {"allowed": []}}
}
