package plimsoll.checks.bld_004_test

import data.plimsoll.checks.bld_004
import data.plimsoll.lib.examples
import rego.v1

test_denies_sudo if {
	command := object.union(examples.command(["sudo", "make", "install"]), {"program": "make", "through": ["sudo"]})
	steps := [examples.root, examples.step(1, {"commands": [command]})]
	some hit in bld_004.deny with input as {"steps": steps}
	hit.message == "`sudo make install` runs through sudo"
}

test_allows_to_name_it if {
	steps := [examples.root, examples.run(1, ["make install", "rm -f /usr/bin/sudo", "apt-get remove sudo"])]
	count(bld_004.deny) == 0 with input as {"steps": steps}
}

test_does_not_assess_what_the_history_does_not_tell if {
	count(bld_004.not_assessed) == 1 with input as {"steps": []}
	count(bld_004.not_assessed) == 1 with input as {"steps": examples.untold}
	count(bld_004.deny) == 0 with input as {"steps": examples.untold}
}
