package plimsoll.checks.bld_018_test

import data.plimsoll.checks.bld_018
import rego.v1

base(tag, newest, unasked) := {
	"said_by": "label", "name": "docker.io/library/debian", "tag": tag, "digest": "sha256:aa", "newest": newest,
	"unasked": unasked,
}

found(bases) := hits if {
	hits := bld_018.deny with input as {"bases": bases}
}

test_denies_one_that_moved if {
	some hit in found([base("12", false, "")])
	hit.message == "docker.io/library/debian:12 is another image than sha256:aa by now"
}

test_allows_the_newest if {
	count(found([base("12", true, "")])) == 0
	count(bld_018.not_assessed) == 0 with input as {"bases": [base("12", true, "")]}
}

test_does_not_assess_what_nobody_asked if {
	document := {"bases": [base("12", null, "no registry was asked"), base("11", true, "")]}
	count(bld_018.deny) == 0 with input as document
	some reason in bld_018.not_assessed with input as document
	reason == "docker.io/library/debian:12: no registry was asked"
	count(bld_018.not_assessed) == 1 with input as {"bases": []}
	count(bld_018.not_assessed) == 1 with input as {"bases": [base("", null, "no tag of it is known")]}
}
