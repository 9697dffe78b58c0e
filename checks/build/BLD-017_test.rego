package plimsoll.checks.bld_017_test

import data.plimsoll.checks.bld_017
import rego.v1

base(said_by, pinned) := {"said_by": said_by, "name": "docker.io/library/debian", "tag": "12", "pinned": pinned}

found(bases) := hits if {
	hits := bld_017.deny with input as {"bases": bases}
}

test_denies_tags if {
	some hit in found([base("provenance", false)])
	hit.message == "docker.io/library/debian:12 is not named by digest (said by the provenance)"
	count(found([base("label", false)])) == 1
	count(found([base("label", null), base("provenance", false)])) == 1
}

test_allows_digests if {
	count(found([base("provenance", true)])) == 0
	count(found([base("label", null)])) == 0
	count(found([base("label", false), base("provenance", true)])) == 0
	count(bld_017.not_assessed) == 0 with input as {"bases": [base("label", null)]}
}

test_does_not_assess_what_nobody_tells if {
	count(found([])) == 0
	count(bld_017.not_assessed) == 1 with input as {"bases": []}
}
