package plimsoll.checks.dkf_011_test

import data.plimsoll.checks.dkf_011
import data.plimsoll.lib.examples
import rego.v1

run(line, texts) := object.union(
	examples.instruction("RUN", line, texts),
	{"commands": examples.sequence(texts)},
)

test_denies_both_in_a_stage if {
	document := examples.dockerfile([examples.stage(0, null, [
		run(3, ["curl -O https://a.example/x"]),
		run(5, ["wget https://a.example/y", "wget https://a.example/z"]),
	])])
	some hit in dkf_011.deny with input as document
	hit.line == 5
	hit.message == "stage 0 uses wget here, and curl in line 3"
}

test_allows_one_for_each_stage if {
	document := examples.dockerfile([
		examples.stage(0, null, [run(3, ["curl -O https://a.example/x", "apt-get install -y wget"])]),
		examples.stage(1, null, [run(5, ["wget https://a.example/y"])]),
	])
	count(dkf_011.deny) == 0 with input as document
}

test_does_not_assess_what_is_not_read if {
	broken := {"errors": [{"path": "Dockerfile", "line": 3, "message": "there is no instruction \"FETCH\""}]}
	count(dkf_011.not_assessed) == 1 with input as object.union(examples.dockerfile([]), broken)
}
