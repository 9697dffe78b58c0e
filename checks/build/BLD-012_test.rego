package plimsoll.checks.bld_012_test

import data.plimsoll.checks.bld_012
import data.plimsoll.lib.examples
import rego.v1

test_denies_bare_names if {
	steps := [
		examples.root,
		examples.run(1, ["apt-get update", "apt-get install -y -t bookworm-backports curl git=1:2.39"]),
		examples.run(2, ["apk add --no-cache --virtual .build gcc make~4", "pip install flask django==5.0"]),
		examples.run(3, ["npm install -g yarn pnpm@9", "gem install rails"]),
	]
	messages := {hit.message | some hit in bld_012.deny} with input as {"steps": steps}
	messages == {
		"apt-get installs without a version: curl",
		"apk installs without a version: gcc",
		"pip installs without a version: flask",
		"npm installs without a version: yarn",
		"gem installs without a version: rails",
	}
}

test_allows_versions_locks_and_files if {
	steps := [
		examples.root,
		examples.run(1, ["apt-get install -y curl=7.88.1-10", "apk add curl=8.5.0-r0", "pip install -r requirements.txt ./app"]),
		examples.run(2, ["npm ci", "npm install", "gem install -v 7.1 rails", "apt-get install -y ./local.deb $EXTRA"]),
	]
	count(bld_012.deny) == 0 with input as {"steps": steps}
}

test_does_not_assess_what_the_history_does_not_tell if {
	count(bld_012.not_assessed) == 1 with input as {"steps": []}
	count(bld_012.not_assessed) == 1 with input as {"steps": examples.untold}
	count(bld_012.deny) == 0 with input as {"steps": examples.untold}
}
