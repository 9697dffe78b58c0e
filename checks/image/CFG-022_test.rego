package plimsoll.checks.cfg_022_test

import data.plimsoll.checks.cfg_022
import rego.v1

labels := {"CFG-022": {"labels": ["org.opencontainers.image.source", "org.opencontainers.image.vendor"]}}

test_denies_each_missing_one if {
	document := {"config": {"labels": {"org.opencontainers.image.vendor": " "}}}
	places := {hit.place | some hit in cfg_022.deny} with input as document with data.params as labels
	places == {"config.labels.org.opencontainers.image.source", "config.labels.org.opencontainers.image.vendor"}
}

test_allows_all if {
	document := {"config": {"labels": {
		"org.opencontainers.image.source": "https://example.com/app.git",
		"org.opencontainers.image.vendor": "Example",
	}}}
	count(cfg_022.deny) == 0 with input as document with data.params as labels
	count(cfg_022.not_assessed) == 0 with input as document with data.params as labels
}

test_does_not_assess_without_a_list if {
	count(cfg_022.deny) == 0 with input as {"config": {"labels": {}}}
	count(cfg_022.not_assessed) == 1 with input as {"config": {"labels": {}}}
}
