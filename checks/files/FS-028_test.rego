package plimsoll.checks.fs_028_test

import data.plimsoll.checks.fs_028
import rego.v1

with_lines(path, lines) := {
	"configurations": {path: {"path": path, "lines": lines, "cut": false, "layer": 1, "base": false}},
}

test_denies_each_way if {
	every pair in [
		["etc/apt/sources.list", "deb [arch=amd64 trusted=yes] http://repo.example/ stable main"],
		["etc/apt/sources.list.d/x.sources", "Trusted: yes"],
		["etc/apt/apt.conf.d/99x", `APT::Get::AllowUnauthenticated "true";`],
		["etc/apt/apt.conf.d/99x", `Acquire::https::Verify-Peer "false";`],
		["etc/yum.repos.d/x.repo", "gpgcheck=0"],
		["etc/dnf/dnf.conf", "sslverify = False"],
		["etc/pip.conf", "trusted-host = pypi.example"],
		["etc/pip.conf", "index-url = http://pypi.example/simple"],
	] {
		count(fs_028.deny) == 1 with input as with_lines(pair[0], ["", pair[1]])
	}
}

test_tells_the_line if {
	some hit in fs_028.deny with input as with_lines("etc/yum.repos.d/x.repo", ["[x]", "enabled=1", "gpgcheck=0"])
	hit.line == 3
	hit.message == "etc/yum.repos.d/x.repo: packages need no signature"
}

test_tells_a_file_once if {
	lines := ["[x]", "sslverify=0", "gpgcheck=0", "[y]", "gpgcheck=0"]
	count(fs_028.deny) == 1 with input as with_lines("etc/yum.repos.d/x.repo", lines)
}

test_allows_a_repository_that_is_off if {
	lines := ["[a]", "gpgcheck=1", "[b]", "gpgcheck=0", "enabled=0", "[c]", "enabled=1"]
	count(fs_028.deny) == 0 with input as with_lines("etc/yum.repos.d/x.repo", lines)
}

test_allows_what_distributions_ship if {
	every pair in [
		["etc/apt/sources.list", "deb http://deb.debian.org/debian bookworm main"],
		["etc/apt/sources.list.d/debian.sources", "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg"],
		["etc/apt/apt.conf.d/docker-clean", `// AllowUnauthenticated "true";`],
		["etc/yum.repos.d/ubi.repo", "gpgcheck = 1"],
		["etc/yum.repos.d/ubi.repo", "repo_gpgcheck=0"],
		["etc/apk/repositories", "https://dl-cdn.alpinelinux.org/alpine/v3.20/main"],
		["etc/pip.conf", "index-url = https://pypi.example/simple"],
	] {
		count(fs_028.deny) == 0 with input as with_lines(pair[0], [pair[1]])
	}
}

test_does_not_assess_a_part if {
	document := {"configurations": {"etc/yum.conf": {"path": "etc/yum.conf", "lines": [], "cut": true}}}
	count(fs_028.not_assessed) == 1 with input as document
}
