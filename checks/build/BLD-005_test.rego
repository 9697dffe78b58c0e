package plimsoll.checks.bld_005_test

import data.plimsoll.checks.bld_005
import data.plimsoll.lib.examples
import rego.v1

test_denies_a_release_upgrade if {
	steps := [
		examples.root,
		examples.run(1, ["apt-get update", "apt-get -y dist-upgrade"]),
		examples.run(2, ["zypper --non-interactive dup"]),
		examples.run(3, ["do-release-upgrade -f DistUpgradeViewNonInteractive"]),
	]
	count(bld_005.deny) == 3 with input as {"steps": steps}
}

test_allows_fixes_of_the_same_release if {
	steps := [examples.root, examples.run(1, ["apt-get update", "apt-get upgrade -y", "apk upgrade"])]
	count(bld_005.deny) == 0 with input as {"steps": steps}
}

test_does_not_assess_what_the_history_does_not_tell if {
	count(bld_005.not_assessed) == 1 with input as {"steps": []}
	count(bld_005.not_assessed) == 1 with input as {"steps": examples.untold}
	count(bld_005.deny) == 0 with input as {"steps": examples.untold}
}
