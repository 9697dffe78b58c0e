package plimsoll.checks.fs_026_test

import data.plimsoll.checks.fs_026
import rego.v1

certificate(path, more) := object.union(
	{
		"path": path, "layer": 2, "subject": "CN=example.org", "sha256": "ab", "not_after": "2027-01-01T00:00:00Z",
		"key": "rsa", "bits": 2048, "signature": "sha256WithRSAEncryption",
	},
	more,
)

day := "2026-11-29"

test_denies_an_expired_one if {
	document := {"day": day, "certificates": [certificate("app/x.crt", {"not_after": "2026-11-28T23:59:59Z"})]}
	some hit in fs_026.deny with input as document
	hit.message == "the certificate of CN=example.org was valid until 2026-11-28"
}

test_denies_weak_ones if {
	every more in [{"bits": 1024}, {"signature": "sha1WithRSAEncryption"}, {"key": "dsa"}, {"key": "ec", "bits": 160}] {
		count(fs_026.deny) == 1 with input as {"day": day, "certificates": [certificate("app/x.crt", more)]}
	}
}

test_allows_sound_ones if {
	last := {"not_after": "2026-11-29T00:00:00Z"}
	every more in [{}, last, {"key": "ec", "bits": 256}, {"key": "ed25519", "bits": 256}] {
		count(fs_026.deny) == 0 with input as {"day": day, "certificates": [certificate("app/x.crt", more)]}
	}
}

test_allows_test_data_and_old_roots if {
	document := {"day": day, "certificates": [
		certificate("app/node_modules/x/test/y.pem", {"bits": 512}),
		certificate("usr/local/share/ca-certificates/r.crt", {"signature": "sha1WithRSAEncryption"}),
	]}
	count(fs_026.deny) == 0 with input as document
}
