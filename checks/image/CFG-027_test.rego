package plimsoll.checks.cfg_027_test

import data.plimsoll.checks.cfg_027
import rego.v1

test_denies_triggers if {
	some hit in cfg_027.deny with input as {"config": {"onbuild": ["COPY . /app", "RUN make"]}}
	hit.message == "build steps that wait for images built on it: 2; the first is COPY . /app"
}

test_allows_none if {
	count(cfg_027.deny) == 0 with input as {"config": {"onbuild": []}}
}
