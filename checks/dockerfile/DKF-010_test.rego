package plimsoll.checks.dkf_010_test

import data.plimsoll.checks.dkf_010
import data.plimsoll.lib.examples
import rego.v1

of(commands) := examples.dockerfile([examples.stage(0, null, [object.union(
	examples.instruction("RUN", 3, ["x"]),
	{"commands": commands},
)])])

test_denies_what_may_ask if {
	count(dkf_010.deny) == 3 with input as of(examples.sequence([
		"apt-get install curl",
		"dnf install jq",
		"zypper in jq",
	]))
}

test_allows_what_does_not if {
	count(dkf_010.deny) == 0 with input as of(examples.sequence([
		"apt-get install -qy curl",
		"apt-get update",
		"yum -y install jq",
		"zypper -n in jq",
		"apk add curl",
	]))
	count(dkf_010.deny) == 0 with input as of(examples.pipeline(["yes", "apt-get install curl"]))
}

test_does_not_assess_what_is_not_read if {
	broken := {"errors": [{"path": "Dockerfile", "line": 3, "message": "there is no instruction \"FETCH\""}]}
	count(dkf_010.not_assessed) == 1 with input as object.union(examples.dockerfile([]), broken)
}
