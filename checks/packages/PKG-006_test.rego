package plimsoll.checks.pkg_006_test

import data.plimsoll.checks.pkg_006
import rego.v1

installed(names) := [{"name": name, "system": true, "presence": "installed"} | some name in names]

test_denies_compilers if {
	places := {hit.place | some hit in pkg_006.deny} with input as {"packages": [], "files": {"compiler": [
		{"path": "usr/bin/x86_64-linux-gnu-gcc-12", "kind": "file", "link": "", "layer": 1, "hidden": false},
		{"path": "usr/bin/gcc-12", "kind": "link", "link": "x86_64-linux-gnu-gcc-12", "layer": 1, "hidden": false},
		{"path": "usr/bin/cc", "kind": "link", "link": "/etc/alternatives/cc", "layer": 1, "hidden": false},
	]}}
	places == {"usr/bin/x86_64-linux-gnu-gcc-12"}
}

test_denies_headers_once if {
	some hit in pkg_006.deny with input as {
		"packages": installed(["libc6-dev", "zlib1g-dev", "bash", "libssl-dev", "libxml2-dev"]),
		"files": {},
	}
	hit.message == "packages to build with are installed (4): libc6-dev, libssl-dev, libxml2-dev…"
}

test_denies_few_headers if {
	some hit in pkg_006.deny with input as {"packages": installed(["glibc-devel"]), "files": {}}
	hit.message == "packages to build with are installed (1): glibc-devel"
}

test_allows_others if {
	packages := array.concat(installed(["bash", "libdevmapper1.02.1"]), [
		{"name": "is-dev", "system": false, "presence": "installed"},
	])
	count(pkg_006.deny) == 0 with input as {"packages": packages, "files": {}}
}
