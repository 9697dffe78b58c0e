package plimsoll.checks.pkg_011_test

import data.plimsoll.checks.pkg_011
import rego.v1

rpm(name, signed) := {
	"name": name, "ecosystem": "rpm", "system": true, "presence": "installed", "signed": signed,
	"purl": sprintf("pkg:rpm/rhel/%s", [name]), "path": "var/lib/rpm/rpmdb.sqlite", "layer": 0,
}

test_denies_an_unsigned_one if {
	hits := pkg_011.deny with input as {"packages": [rpm("bash", true), rpm("agent", false), rpm("gpg-pubkey", false)]}
	{hit.place | some hit in hits} == {"agent"}
}

test_allows_signed_ones if {
	count(pkg_011.deny) == 0 with input as {"packages": [rpm("bash", true)]}
	count(pkg_011.not_assessed) == 0 with input as {"packages": [rpm("bash", true)]}
}

test_does_not_assess_where_none_tells if {
	document := {"packages": [{"name": "bash", "ecosystem": "deb", "system": true, "presence": "installed"}]}
	count(pkg_011.deny) == 0 with input as document
	count(pkg_011.not_assessed) == 1 with input as document
}
