package plimsoll.checks.bld_006_test

import data.plimsoll.checks.bld_006
import data.plimsoll.lib.examples
import rego.v1

test_denies_what_history_tells if {
	steps := [
		examples.root,
		examples.run(1, ["apt-get update", "apt-get install -y curl"]),
		examples.run(2, ["apk add curl"]),
		examples.run(3, ["dnf install -y jq", "rm -rf /tmp/x"]),
	]
	count(bld_006.deny) == 3 with input as {"steps": steps}
}

test_allows_what_is_cleaned_in_the_step if {
	steps := [
		examples.root,
		examples.run(1, ["apt-get update", "apt-get install -y curl", "rm -rf /var/lib/apt/lists/*"]),
		examples.run(2, ["apk add --no-cache curl"]),
		examples.run(3, ["dnf install -y jq", "dnf clean all"]),
		examples.run(4, ["zypper in -y jq", "rm -rf /var/cache/zypp"]),
	]
	count(bld_006.deny) == 0 with input as {"steps": steps}
}

test_files_outweigh_the_history if {
	steps := [examples.root, examples.run(1, ["apk add curl"])]
	count(bld_006.deny) == 0 with input as {"steps": steps, "fs": {"package_caches": []}}
	caches := [{"path": "var/cache/apk/APKINDEX.tar.gz", "layer": 1, "size": 2000}]
	some hit in bld_006.deny with input as {"steps": [], "fs": {"package_caches": caches}}
	hit.place == "var/cache/apk/APKINDEX.tar.gz"
	count(bld_006.not_assessed) == 0 with input as {"steps": [], "fs": {"package_caches": caches}}
}


test_does_not_assess_what_the_history_does_not_tell if {
	count(bld_006.not_assessed) == 1 with input as {"steps": []}
	count(bld_006.not_assessed) == 1 with input as {"steps": examples.untold}
	count(bld_006.deny) == 0 with input as {"steps": examples.untold}
}
