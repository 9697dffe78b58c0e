package plimsoll.checks.pkg_014_test

import data.plimsoll.checks.pkg_014
import rego.v1

shell := {"shell": [{"path": "bin/sh", "kind": "file", "hidden": false}]}

go := {"name": "stdlib", "ecosystem": "golang", "system": false, "presence": "installed"}

image(id, database, packages, files) := {
	"os": {"id": id, "package_database": database}, "packages": packages, "files": files,
}

test_denies_a_distribution_without_packages if {
	some hit in pkg_014.deny with input as image("debian", false, [go], shell)
	hit.place == "os.package_database"
}

test_denies_packages_without_a_distribution if {
	count(pkg_014.deny) == 1 with input as image(null, true, [{"name": "bash", "system": true}], shell)
}

test_denies_what_nothing_is_known_of if {
	count(pkg_014.deny) == 1 with input as image(null, false, [go], shell)
	count(pkg_014.deny) == 1 with input as image(null, false, [], {})
}

test_allows_a_distribution if {
	document := image("debian", true, [{"name": "bash", "system": true}], shell)
	count(pkg_014.deny) == 0 with input as document
	count(pkg_014.expected) == 0 with input as document
}

test_expects_a_program_alone if {
	count(pkg_014.deny) == 0 with input as image(null, false, [go], {})
	count(pkg_014.expected) == 1 with input as image(null, false, [go], {})
}
