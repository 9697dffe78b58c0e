package plimsoll.checks.sup_011_test

import data.plimsoll.checks.sup_011
import rego.v1

image(digest, pinned) := {
	"reference": {"digest": digest, "tag": "1.4", "pinned": pinned},
	"evidence": {"earlier": {"digest": "sha256:aa", "day": "2026-11-20"}},
}

test_denies_another_digest if {
	some hit in sup_011.deny with input as image("sha256:bb", false)
	hit.message == "the tag named sha256:aa on 2026-11-20"
}

test_allows_the_same if {
	count(sup_011.deny) == 0 with input as image("sha256:aa", false)
}

test_allows_one_that_is_named_by_digest if {
	count(sup_011.deny) == 0 with input as image("sha256:bb", true)
}
