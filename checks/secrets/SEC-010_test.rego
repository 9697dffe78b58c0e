package plimsoll.checks.sec_010_test

import data.plimsoll.checks.sec_010
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
	"files": {"keystore": [file]},
	"file_counts": {"keystore": 1},
	"secrets": secrets,
	"gaps": [],
	"certificates": [],
}

test_denies_one if {
	some hit in sec_010.deny with input as with_file(entry("app/server.p12", "0644"), [])
	hit.message == "app/server.p12 is a key store by its name"
}

test_denies_what_the_report_has_once if {
	secret := found("SEC-010", {"path": "app/server.jks"})
	document := with_file(entry("app/server.jks", "0644"), [secret])
	count(sec_010.deny) == 1 with input as document
	some hit in sec_010.deny with input as document
	hit.refers == "f1"
}

test_expects_trust_stores if {
	document := with_file(entry("app/truststore.jks", "0644"), [])
	count(sec_010.deny) == 0 with input as document
	count(sec_010.expected) == 1 with input as document
}

test_allows_those_of_packages_and_of_the_base if {
	every file in [entry("usr/lib/x/test.p12", "0644"), object.union(entry("etc/x.jks", "0644"), {"base": true})] {
		count(sec_010.deny) == 0 with input as with_file(file, [])
	}
}
