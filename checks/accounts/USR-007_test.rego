package plimsoll.checks.usr_007_test

import data.plimsoll.checks.usr_007
import rego.v1

with_line(path, line, tools) := {
	"configurations": {path: {"path": path, "lines": ["# Rules", "", line], "cut": false, "layer": 2}},
	"files": {"privilege-tool": [{"path": tool, "kind": "file", "hidden": false} | some tool in tools]},
}

sudo := ["usr/bin/sudo", "usr/bin/su"]

test_denies_a_rule_without_a_password if {
	some hit in usr_007.deny with input as with_line("etc/sudoers.d/app", "app ALL=(ALL) NOPASSWD: ALL", sudo)
	hit.line == 3
	hit.layer == 2
	contains(hit.message, "app ALL=(ALL) NOPASSWD: ALL")
}

test_denies_other_forms if {
	every line in ["%wheel ALL = NOPASSWD : ALL", "Defaults:app !authenticate", "#1000 ALL=(ALL) NOPASSWD: ALL"] {
		count(usr_007.deny) == 1 with input as with_line("etc/sudoers", line, sudo)
	}
	count(usr_007.deny) == 1 with input as with_line("etc/doas.conf", "permit nopass keepenv app", ["usr/bin/doas"])
}

with_lines(path, lines, more) := {
	"configurations": {path: object.union({"path": path, "lines": lines, "cut": false, "layer": 2}, more)},
	"files": {"privilege-tool": [{"path": tool, "kind": "file", "hidden": false} | some tool in array.concat(sudo, ["bin/doas"])]},
}

test_denies_a_rule_over_several_lines if {
	every lines in [
		["", "app ALL=(ALL) \\", "\tNOPASSWD: ALL"],
		["", "app ALL=(ALL) NOPASS\\", "WD: ALL"],
		["", "app ALL=(ALL) NOPASSWD \\  ", " : ALL", "b ALL=NOPASSWD: ALL"],
		["# a comment \\", "app ALL=(ALL) NOPASSWD: ALL"],
	] {
		some hit in usr_007.deny with input as with_lines("etc/sudoers", lines, {})
		hit.line == 2
	}
	some hit in usr_007.deny with input as with_lines("etc/sudoers", ["a \\", "b", "c ALL=NOPASSWD: ALL"], {})
	hit.line == 3
	some doas in usr_007.deny with input as with_lines("etc/doas.conf", ["permit \\", " nopass app"], {})
	doas.line == 1
}

test_allows_what_a_comment_says_over_several_lines if {
	count(usr_007.deny) == 0 with input as with_lines("etc/sudoers", ["app ALL=\\", "# NOPASSWD: ALL"], {})
}

test_denies_a_rule_in_a_file_that_is_included if {
	lines := ["app ALL=(ALL) NOPASSWD: ALL"]
	count(usr_007.deny) == 1 with input as with_lines("opt/rules", lines, {"included_by": "etc/sudoers"})
	count(usr_007.deny) == 0 with input as with_lines("opt/rules", lines, {"included_by": "etc/pam.d/su"})
	count(usr_007.deny) == 0 with input as with_lines("opt/rules", lines, {"included_by": ""})
}

test_tells_a_file_once if {
	document := {
		"configurations": {"etc/sudoers": {
			"path": "etc/sudoers", "cut": false, "layer": 0,
			"lines": ["a ALL=NOPASSWD: ALL", "b ALL=NOPASSWD: ALL"],
		}},
		"files": {"privilege-tool": [{"path": "usr/bin/sudo", "kind": "file", "hidden": false}]},
	}
	count(usr_007.deny) == 1 with input as document
}

test_allows_what_debian_ships if {
	every line in ["# %wheel ALL=(ALL) NOPASSWD: ALL", "%sudo\tALL=(ALL:ALL) ALL", "#includedir /etc/sudoers.d"] {
		count(usr_007.deny) == 0 with input as with_line("etc/sudoers", line, sudo)
	}
	count(usr_007.deny) == 0 with input as with_line("etc/doas.conf", "permit persist :wheel", ["usr/bin/doas"])
}

test_expects_a_rule_for_what_is_not_installed if {
	document := with_line("etc/sudoers.d/app", "app ALL=(ALL) NOPASSWD: ALL", ["usr/bin/su"])
	count(usr_007.deny) == 0 with input as document
	count(usr_007.expected) == 1 with input as document
}

test_does_not_assess_a_file_that_is_cut if {
	document := {
		"configurations": {"etc/sudoers": {"path": "etc/sudoers", "lines": [], "cut": true, "layer": 0}},
		"files": {"privilege-tool": [{"path": "usr/bin/sudo", "kind": "file", "hidden": false}]},
	}
	count(usr_007.not_assessed) == 1 with input as document
}
