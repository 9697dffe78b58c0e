package plimsoll.checks.fs_009_test

import data.plimsoll.checks.fs_009
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

installed(name) := {
	"name": name, "system": true, "presence": "installed", "purl": sprintf("pkg:deb/debian/%s", [name]), "path": null,
	"layer": 1,
}

test_denies_the_program if {
	some hit in fs_009.deny with input as {"packages": [], "files": {"ssh-server": [entry("usr/sbin/sshd", "0755")]}}
	hit.message == "the SSH server sshd is installed"
}

test_denies_the_package if {
	document := {"files": {}, "packages": [installed("openssh-server")]}
	count(fs_009.deny) == 1 with input as document
}

test_tells_it_once if {
	document := {
		"files": {"ssh-server": [entry("usr/sbin/sshd", "0755")]},
		"packages": [installed("openssh-server")],
	}
	count(fs_009.deny) == 1 with input as document
}

test_allows_the_client if {
	document := {"files": {}, "packages": [installed("openssh-client")]}
	count(fs_009.deny) == 0 with input as document
}
