package plimsoll.checks.bld_001_test

import data.plimsoll.checks.bld_001
import data.plimsoll.lib.examples
import rego.v1

test_denies_an_index_of_its_own if {
	steps := [
		examples.root,
		examples.run(1, ["apt-get update -qq"]),
		examples.run(2, ["apt-get install -y curl"]),
	]
	some hit in bld_001.deny with input as {"steps": steps}
	hit.place == "step 1"
	hit.message == "`apt-get update -qq` stands in a step that installs nothing"
}

test_denies_an_index_of_another_manager if {
	steps := [examples.root, examples.run(1, ["apk update", "apt-get install -y curl"])]
	count(bld_001.deny) == 1 with input as {"steps": steps}
}

test_allows_both_in_one_step if {
	steps := [
		examples.root,
		examples.run(1, ["apt-get update", "apt-get install -y curl", "rm -rf /var/lib/apt/lists/*"]),
		examples.run(2, ["dnf makecache", "dnf -y install jq"]),
		examples.run(3, ["npm update"]),
	]
	count(bld_001.deny) == 0 with input as {"steps": steps}
	count(bld_001.not_assessed) == 0 with input as {"steps": steps}
}

test_does_not_assess_what_the_history_does_not_tell if {
	count(bld_001.not_assessed) == 1 with input as {"steps": []}
	count(bld_001.not_assessed) == 1 with input as {"steps": examples.untold}
	count(bld_001.deny) == 0 with input as {"steps": examples.untold}
}
