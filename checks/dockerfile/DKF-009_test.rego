package plimsoll.checks.dkf_009_test

import data.plimsoll.checks.dkf_009
import data.plimsoll.lib.examples
import rego.v1

of(from) := examples.dockerfile([object.union(examples.stage(0, null, []), {"from": from})])

test_denies_what_moves if {
	some hit in dkf_009.deny with input as of({"image": "debian", "tag": null})
	hit.message == "stage 0 starts from debian, which has no tag"
	count(dkf_009.deny) == 1 with input as of({"image": "debian", "tag": "latest"})
}

test_allows_versions_digests_stages_and_nothing if {
	count(dkf_009.deny) == 0 with input as of({"image": "debian", "tag": "12"})
	count(dkf_009.deny) == 0 with input as of({"image": "debian", "tag": null, "digest": "sha256:00"})
	count(dkf_009.deny) == 0 with input as of({"image": "scratch", "tag": null})
	count(dkf_009.deny) == 0 with input as of({"image": "", "tag": null, "stage": 0})
}

test_does_not_assess_what_only_a_build_knows if {
	document := of({"image": "$BASE", "tag": null, "resolved": false, "text": "$BASE"})
	count(dkf_009.deny) == 0 with input as document
	count(dkf_009.not_assessed) == 1 with input as document
}

test_does_not_assess_what_is_not_read if {
	broken := {"errors": [{"path": "Dockerfile", "line": 3, "message": "there is no instruction \"FETCH\""}]}
	count(dkf_009.not_assessed) == 1 with input as object.union(examples.dockerfile([]), broken)
}
