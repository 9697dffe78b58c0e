package plimsoll.checks.cfg_026_test

import data.plimsoll.checks.cfg_026
import rego.v1

named(tag, pinned) := {"reference": {
	"text": "docker.io/library/debian", "repository": "docker.io/library/debian", "tag": tag, "pinned": pinned,
}}

test_denies_latest if {
	some hit in cfg_026.deny with input as named("latest", false)
	not hit.severity
	count(cfg_026.deny) == 1 with input as named(null, false)
}

test_rates_a_version_low if {
	some hit in cfg_026.deny with input as named("12.8-slim", false)
	hit.severity == "low"
}

test_allows_a_digest if {
	every tag in ["latest", null] {
		count(cfg_026.deny) == 0 with input as named(tag, true)
		count(cfg_026.not_assessed) == 0 with input as named(tag, true)
	}
}

test_does_not_assess_an_archive if {
	document := {"reference": {"text": "archive:image.tar", "repository": null, "tag": null, "pinned": false}}
	count(cfg_026.deny) == 0 with input as document
	count(cfg_026.not_assessed) == 1 with input as document
}
