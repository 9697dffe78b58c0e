package plimsoll.checks.bld_019_test

import data.plimsoll.checks.bld_019
import data.plimsoll.lib.examples
import rego.v1

test_denies_a_history_that_tells_nothing if {
	count(bld_019.deny) == 1 with input as {"steps": []}
	some hit in bld_019.deny with input as {"steps": examples.untold}
	hit.message == "step 1: the history does not tell what was done (builder: bazel)"
	hit.place == "history"
}

test_denies_another_count_of_layers if {
	steps := [object.union(examples.root, {"layer": null})]
	count(bld_019.deny) == 1 with input as {"steps": steps}
}

test_denies_commands_that_are_cut_off if {
	steps := [examples.root, object.union(examples.run(1, ["make"]), {"complete": false})]
	count(bld_019.deny) == 1 with input as {"steps": steps}
}

test_allows_a_whole_history if {
	label := examples.step(2, {"kind": "LABEL", "layer": null, "empty": true})
	steps := [examples.root, examples.run(1, ["make"]), label, examples.step(3, {"kind": "unknown", "empty": true})]
	count(bld_019.deny) == 0 with input as {"steps": steps}
}
