package plimsoll.checks.bld_013_test

import data.plimsoll.checks.bld_013
import data.plimsoll.lib.examples
import rego.v1

test_denies_without_the_switch if {
	steps := [examples.root, examples.run(1, ["apt-get update", "apt-get install -y curl"])]
	some hit in bld_013.deny with input as {"steps": steps}
	hit.message == "`apt-get install -y curl` takes recommended packages too"
}

test_allows_the_switch_and_its_setting if {
	steps := [
		examples.root,
		examples.run(1, ["apt-get install -y --no-install-recommends curl"]),
		examples.run(2, ["apt-get -o APT::Install-Recommends=false install -y curl", "apk add curl"]),
	]
	count(bld_013.deny) == 0 with input as {"steps": steps}
	text := `echo 'APT::Install-Recommends "0";' > /etc/apt/apt.conf.d/99lean`
	set := [examples.root, examples.step(1, {"text": text}), examples.run(2, ["apt-get install -y curl"])]
	count(bld_013.deny) == 0 with input as {"steps": set}
}

test_does_not_assess_what_the_history_does_not_tell if {
	count(bld_013.not_assessed) == 1 with input as {"steps": []}
	count(bld_013.not_assessed) == 1 with input as {"steps": examples.untold}
	count(bld_013.deny) == 0 with input as {"steps": examples.untold}
}
