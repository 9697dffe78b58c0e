package plimsoll.checks.sup_008_test

import data.plimsoll.checks.sup_008
import rego.v1

provenance := {
	"valid": true, "builder": "https://github.com/actions/runner/github-hosted", "level": 3,
	"repository": "git+https://github.com/example/app.git", "revision": "5f1c0d3",
}

image(source, revision) := {
	"evidence": {"provenance": [provenance]},
	"config": {"labels": {
		"org.opencontainers.image.source": source,
		"org.opencontainers.image.revision": revision,
	}},
}

test_denies_another_source if {
	places := {hit.place | some hit in sup_008.deny} with input as image("https://github.com/other/app", "77aa000")
	places == {"evidence.provenance.repository", "evidence.provenance.revision"}
}

test_allows_the_same_in_other_words if {
	every source in ["https://github.com/example/app", "https://GitHub.com/example/app.git/", "git@github.com:example/app.git", ""] {
		count(sup_008.deny) == 0 with input as image(source, "5f1c0d3e9b")
		count(sup_008.not_assessed) == 0 with input as image(source, "5f1c0d3e9b")
	}
}

test_does_not_assess_without_labels_or_provenance if {
	count(sup_008.deny) == 0 with input as image("", "")
	count(sup_008.not_assessed) == 1 with input as image("", "")
	document := {"evidence": {"provenance": []}, "config": {"labels": {"org.opencontainers.image.revision": "5f"}}}
	count(sup_008.not_assessed) == 1 with input as document
}
