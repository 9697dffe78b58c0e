package plimsoll.checks.dkf_007_test

import data.plimsoll.checks.dkf_007
import data.plimsoll.lib.examples
import rego.v1

of(texts) := examples.dockerfile([examples.stage(0, null, [object.union(
	examples.instruction("RUN", 3, [concat(" && ", texts)]),
	{"commands": examples.sequence(texts)},
)])])

test_denies_a_run_that_begins_with_it if {
	some hit in dkf_007.deny with input as of(["cd /src", "make"])
	hit.message == "RUN begins with `cd /src`"
}

test_allows_it_in_between if {
	count(dkf_007.deny) == 0 with input as of(["make", "cd /src/b", "make"])
	count(dkf_007.deny) == 0 with input as of(["cd build", "make"])
}

test_does_not_assess_what_is_not_read if {
	broken := {"errors": [{"path": "Dockerfile", "line": 3, "message": "there is no instruction \"FETCH\""}]}
	count(dkf_007.not_assessed) == 1 with input as object.union(examples.dockerfile([]), broken)
}
