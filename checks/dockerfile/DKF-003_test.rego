package plimsoll.checks.dkf_003_test

import data.plimsoll.checks.dkf_003
import data.plimsoll.lib.examples
import rego.v1

test_denies_all_but_the_last if {
	first := examples.instruction("HEALTHCHECK", 4, ["a"])
	second := examples.instruction("HEALTHCHECK", 9, ["b"])
	document := examples.dockerfile([examples.stage(0, "app", [first, examples.instruction("USER", 5, ["1"]), second])])
	hits := dkf_003.deny with input as document
	count(hits) == 1
	some hit in hits
	hit.line == 4
	hit.message == "stage \"app\" has a later HEALTHCHECK in line 9"
}

test_allows_one_for_each_stage if {
	document := examples.dockerfile([
		examples.stage(0, null, [examples.instruction("HEALTHCHECK", 2, ["a"])]),
		examples.stage(1, null, [examples.instruction("HEALTHCHECK", 5, ["b"])]),
	])
	count(dkf_003.deny) == 0 with input as document
	count(dkf_003.not_assessed) == 0 with input as document
}

test_does_not_assess_what_is_not_read if {
	broken := {"errors": [{"path": "Dockerfile", "line": 3, "message": "there is no instruction \"FETCH\""}]}
	count(dkf_003.not_assessed) == 1 with input as object.union(examples.dockerfile([]), broken)
}
