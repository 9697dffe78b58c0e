package plimsoll.checks.fs_031_test

import data.plimsoll.checks.fs_031
import rego.v1

program(more) := object.union(
	{
		"path": "app/server", "layer": 3, "base": false, "package": null, "program": true, "pie": true, "nx": true,
		"relro": true, "canary": true, "fortify": true, "writable_paths": [], "relative_paths": [],
	},
	more,
)

test_denies_what_is_missing if {
	some hit in fs_031.deny with input as {"elf": [program({"pie": false, "nx": false})]}
	hit.message == "app/server is built without position-independent code, memory that cannot be executed"
}

test_rates_a_path_that_others_may_write_high if {
	some hit in fs_031.deny with input as {"elf": [program({"writable_paths": ["/tmp/lib"]})]}
	hit.severity == "high"
}

test_rates_a_path_below_the_current_folder_high if {
	library := program({"program": false, "package": "x", "layer": 0, "relative_paths": ["lib"]})
	some hit in fs_031.deny with input as {"elf": [library]}
	hit.severity == "high"
	hit.message == "app/server looks for libraries in lib below the folder that it is started in"
}

test_allows_what_is_protected_or_not_known_or_of_the_base if {
	programs := [
		program({}), program({"canary": null}), program({"pie": false, "layer": 0}),
		program({"pie": false, "package": "x"}), program({"pie": false, "program": false}),
	]
	count(fs_031.deny) == 0 with input as {"elf": programs}
}
