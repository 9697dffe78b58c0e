package plimsoll.checks.dkf_005_test

import data.plimsoll.checks.dkf_005
import data.plimsoll.lib.examples
import rego.v1

test_denies_a_name_twice if {
	again := object.union(examples.stage(1, "BUILD", []), {"line": 7})
	document := examples.dockerfile([examples.stage(0, "build", []), again])
	some hit in dkf_005.deny with input as document
	hit.line == 7
}

test_allows_different_names_and_none if {
	stages := [examples.stage(0, "build", []), examples.stage(1, null, []), examples.stage(2, null, [])]
	count(dkf_005.deny) == 0 with input as examples.dockerfile(stages)
}

test_does_not_assess_what_is_not_read if {
	broken := {"errors": [{"path": "Dockerfile", "line": 3, "message": "there is no instruction \"FETCH\""}]}
	count(dkf_005.not_assessed) == 1 with input as object.union(examples.dockerfile([]), broken)
}
