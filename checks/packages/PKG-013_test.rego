package plimsoll.checks.pkg_013_test

import data.plimsoll.checks.pkg_013
import rego.v1

rules := {"PKG-013": {"required": ["ca-certificates"]}}

image(names, database) := {
	"os": {"id": "debian", "package_database": database},
	"packages": [{"name": name, "system": true, "presence": "installed"} | some name in names],
}

test_denies_a_missing_one if {
	some hit in pkg_013.deny with input as image(["bash"], true) with data.params as rules
	hit.place == "packages.ca-certificates"
}

test_allows_one_that_is_there if {
	count(pkg_013.deny) == 0 with input as image(["bash", "ca-certificates"], true) with data.params as rules
	count(pkg_013.not_assessed) == 0 with input as image(["ca-certificates"], true) with data.params as rules
}

test_does_not_assess_without_a_list_or_a_database if {
	count(pkg_013.deny) == 0 with input as image(["bash"], true)
	count(pkg_013.not_assessed) == 1 with input as image(["bash"], true)
	count(pkg_013.deny) == 0 with input as image([], false) with data.params as rules
	count(pkg_013.not_assessed) == 1 with input as image([], false) with data.params as rules
}
