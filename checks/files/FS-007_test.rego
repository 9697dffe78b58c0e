package plimsoll.checks.fs_007_test

import data.plimsoll.checks.fs_007
import rego.v1

# A file as the document lists it.
entry(path, octal) := {
	"path": path, "kind": "file", "octal": octal, "uid": 0, "gid": 0, "size": 100, "link": "",
	"layer": 2, "hidden": false, "base": false, "capabilities": [],
}

shadow(octal, gid) := {"account-file": [object.union(entry("etc/shadow", octal), {"gid": gid})]}

test_denies_a_file_for_everybody if {
	some hit in fs_007.deny with input as {"files": shadow("0644", 42)}
	contains(hit.message, "everybody may read it")
	not hit.severity
}

test_denies_a_foreign_group if {
	count(fs_007.deny) == 1 with input as {"files": shadow("0640", 1000)}
}

test_rates_it_low_without_passwords if {
	users := {"accounts": [{"name": "root", "password": "locked"}], "groups": []}
	some hit in fs_007.deny with input as {"files": shadow("0644", 0), "users": users}
	hit.severity == "low"
}

test_allows_what_distributions_ship if {
	every files in [shadow("0640", 42), shadow("0000", 0), shadow("0400", 0), shadow("0640", 15)] {
		count(fs_007.deny) == 0 with input as {"files": files}
	}
	users := {"accounts": [], "groups": [{"name": "shadow", "gid": 987}]}
	count(fs_007.deny) == 0 with input as {"files": shadow("0640", 987), "users": users}
}

test_allows_the_list_of_accounts if {
	count(fs_007.deny) == 0 with input as {"files": {"account-file": [entry("etc/passwd", "0644")]}}
}
