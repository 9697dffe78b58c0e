package plimsoll.checks.sec_011_test

import data.plimsoll.checks.sec_011
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

# A finding of the report as the document lists it.
found(id, more) := object.union(
	{
		"id": id, "title": "A finding", "fingerprint": "f1", "place": "app/x", "path": "app/x", "layer": 1, "base": false,
		"muted": false, "hidden": false, "severity": "high", "aliases": [],
	},
	more,
)

with_file(file, secrets) := {
	"files": {"credential-name": [file]},
	"file_counts": {"credential-name": 1},
	"secrets": secrets,
	"gaps": [],
	"certificates": [],
}

test_denies_one if {
	some hit in sec_011.deny with input as with_file(entry("root/.aws/credentials", "0600"), [])
	hit.place == "root/.aws/credentials"
}

test_says_when_it_is_removed_later if {
	some hit in sec_011.deny with input as with_file(object.union(entry("app/id_rsa", "0600"), {"hidden": true}), [])
	contains(hit.message, "a later layer removes it")
}

test_allows_a_file_whose_secret_is_told if {
	count(sec_011.deny) == 0
		with input as with_file(entry("app/id_rsa", "0600"), [found("SEC-001", {"path": "app/id_rsa"})])
}

test_allows_certificates_and_public_keys if {
	document := with_file(entry("app/ca.pem", "0644"), [])
	count(sec_011.deny) == 0 with input as object.union(document, {"certificates": [{"path": "app/ca.pem"}]})
	every location in ["etc/trusted-key.key", "etc/apk/keys/x.pem", "usr/share/dns/root.key", "root/.netrc"] {
		count(sec_011.deny) == 0 with input as with_file(entry(location, "0644"), [])
	}
}
