package plimsoll.checks.dkf_006_test

import data.plimsoll.checks.dkf_006
import data.plimsoll.lib.examples
import rego.v1

of(arguments) := examples.dockerfile([examples.stage(0, null, [examples.instruction("COPY", 3, arguments)])])

test_denies_a_target_without_slash if {
	count(dkf_006.deny) == 1 with input as of(["a", "b", "/srv/app"])
}

test_allows_folders_and_single_sources if {
	count(dkf_006.deny) == 0 with input as of(["a", "b", "/srv/app/"])
	count(dkf_006.deny) == 0 with input as of(["a", "b", "."])
	count(dkf_006.deny) == 0 with input as of(["a", "b", "$TARGET"])
	count(dkf_006.deny) == 0 with input as of(["a", "/srv/app"])
}

test_does_not_assess_what_is_not_read if {
	broken := {"errors": [{"path": "Dockerfile", "line": 3, "message": "there is no instruction \"FETCH\""}]}
	count(dkf_006.not_assessed) == 1 with input as object.union(examples.dockerfile([]), broken)
}
