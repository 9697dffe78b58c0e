package plimsoll.checks.dkf_004_test

import data.plimsoll.checks.dkf_004
import data.plimsoll.lib.examples
import rego.v1

copy(source) := object.union(examples.instruction("COPY", 3, ["/a", "/b"]), {"flags": {"from": [source]}})

test_denies_its_own_name_and_number if {
	document := examples.dockerfile([examples.stage(0, "Build", [copy("build"), copy("0")])])
	count(dkf_004.deny) == 2 with input as document
}

test_allows_another_stage if {
	document := examples.dockerfile([
		examples.stage(0, "build", [examples.instruction("COPY", 2, [".", "/src"])]),
		examples.stage(1, null, [copy("build"), copy("0"), copy("debian:12")]),
	])
	count(dkf_004.deny) == 0 with input as document
}

test_does_not_assess_what_is_not_read if {
	broken := {"errors": [{"path": "Dockerfile", "line": 3, "message": "there is no instruction \"FETCH\""}]}
	count(dkf_004.not_assessed) == 1 with input as object.union(examples.dockerfile([]), broken)
}
