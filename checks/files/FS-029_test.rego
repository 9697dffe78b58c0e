package plimsoll.checks.fs_029_test

import data.plimsoll.checks.fs_029
import rego.v1

with_line(line, layer, password) := {
	"configurations": {"etc/pam.d/common-auth": {
		"path": "etc/pam.d/common-auth", "lines": ["#", line], "cut": false, "layer": layer, "base": false,
	}},
	"users": {"accounts": [{"name": "app", "password": password}]},
}

debian := "auth\t[success=1 default=ignore]\tpam_unix.so nullok"

test_denies_one_that_a_later_layer_brings if {
	some hit in fs_029.deny with input as with_line(debian, 3, "locked")
	hit.line == 2
}

test_denies_the_distribution_s_with_an_empty_password if {
	count(fs_029.deny) == 1 with input as with_line(debian, 0, "empty")
}

test_expects_the_distribution_s if {
	document := with_line(debian, 0, "locked")
	count(fs_029.deny) == 0 with input as document
	count(fs_029.expected) == 1 with input as document
}

settings(line) := {"configurations": {"etc/ssh/sshd_config": {
	"path": "etc/ssh/sshd_config", "lines": ["Port 22", line], "cut": false, "layer": 3, "base": false,
}}}

test_denies_what_the_ssh_server_accepts if {
	some hit in fs_029.deny with input as settings("PermitEmptyPasswords yes")
	hit.line == 2
	count(fs_029.deny) == 0 with input as settings("#PermitEmptyPasswords yes")
	count(fs_029.deny) == 0 with input as settings("PermitEmptyPasswords no")
}

test_allows_other_lines if {
	every line in ["# auth pam_unix.so nullok", "auth required pam_unix.so", "auth required x.so nullokay"] {
		count(fs_029.deny) == 0 with input as with_line(line, 3, "empty")
	}
}
