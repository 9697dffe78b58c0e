package plimsoll.checks.bld_016_test

import data.plimsoll.checks.bld_016
import rego.v1

base(name, tag, digest) := {"said_by": "label", "name": name, "tag": tag, "digest": digest}

image(bases) := {"bases": bases, "layers": [{"index": 0, "digest": "sha256:01", "base": true}]}

found(bases, approved) := hits if {
	hits := bld_016.deny with input as image(bases) with data.params as {"BLD-016": {"approved": approved}}
}

debian := base("docker.io/library/debian", "12", "sha256:de")

test_denies_strangers if {
	some hit in found([debian], ["docker.io/library/alpine", "docker.io/library/debian:11", "sha256:aa"])
	hit.message == "docker.io/library/debian:12 is not on the list of approved images (said by the label)"
	count(found([debian, base("", "", "sha256:bb")], ["docker.io/library/debian"])) == 1
	count(found([base("", "", "")], ["x"])) == 1
}

test_allows_by_name_tag_star_digest_and_layer if {
	every approved in ["docker.io/library/debian", "docker.io/library/debian:12", "docker.io/library/*", "sha256:de", "sha256:01"] {
		count(found([debian], [approved])) == 0
		params := {"BLD-016": {"approved": [approved]}}
		count(bld_016.not_assessed) == 0 with input as image([debian]) with data.params as params
	}
	count(bld_016.not_assessed) == 0 with input as image([]) with data.params as {"BLD-016": {"approved": ["sha256:01"]}}
}

test_does_not_assess_without_a_list_or_a_base if {
	count(bld_016.deny) == 0 with input as image([debian])
	count(bld_016.not_assessed) == 1 with input as image([debian])
	count(bld_016.not_assessed) == 1 with input as image([]) with data.params as {"BLD-016": {"approved": ["x"]}}
}
