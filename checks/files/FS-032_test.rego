package plimsoll.checks.fs_032_test

import data.plimsoll.checks.fs_032
import rego.v1

changed := {"path": "usr/bin/ps", "layer": 2, "base": false, "hidden": false, "package": "procps"}

test_denies_one if {
	some hit in fs_032.deny with input as {"altered": [changed], "altered_uncompared": 0}
	hit.message == "usr/bin/ps is not as the package procps brought it"
}

test_allows_none if {
	count(fs_032.deny) == 0 with input as {"altered": [], "altered_uncompared": 0}
	count(fs_032.not_assessed) == 0 with input as {"altered": [], "altered_uncompared": 0}
}

test_does_not_assess_what_could_not_be_compared if {
	count(fs_032.not_assessed) == 1 with input as {"altered": [], "altered_uncompared": 3}
}
