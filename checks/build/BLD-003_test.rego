package plimsoll.checks.bld_003_test

import data.plimsoll.checks.bld_003
import data.plimsoll.lib.examples
import rego.v1

test_denies_what_nothing_verifies if {
	added := examples.copy(1, "ADD", ["https://downloads.example/tool"], "/usr/bin/")
	steps := [examples.root, object.union(added, {"builder": "classic"})]
	count(bld_003.deny) == 1 with input as {"steps": steps}
}

test_denies_a_moving_branch if {
	steps := [examples.root, examples.copy(1, "ADD", ["https://code.example/a/b.git#main"], "/src")]
	count(bld_003.deny) == 1 with input as {"steps": steps}
}

test_allows_what_is_pinned_or_local if {
	commit := "https://code.example/a/b.git#5b0d3e5a1f86a61bbdcc3d7112cd4ad2bf246c14"
	sum := examples.copy(2, "ADD", ["https://downloads.example/tool"], "/usr/bin/")
	steps := [
		examples.root,
		examples.copy(1, "ADD", [commit], "/src"),
		object.union(sum, {"flags": ["--checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d"]}),
		examples.copy(3, "ADD", ["app.tar"], "/srv/"),
	]
	count(bld_003.deny) == 0 with input as {"steps": steps}
	count(bld_003.not_assessed) == 0 with input as {"steps": steps}
}

test_does_not_assess_what_buildkit_leaves_out if {
	steps := [examples.root, examples.copy(1, "ADD", ["https://downloads.example/tool"], "/usr/bin/")]
	count(bld_003.deny) == 0 with input as {"steps": steps}
	count(bld_003.not_assessed) == 1 with input as {"steps": steps}
}

test_does_not_assess_what_the_history_does_not_tell if {
	count(bld_003.not_assessed) == 1 with input as {"steps": []}
	count(bld_003.not_assessed) == 1 with input as {"steps": examples.untold}
	count(bld_003.deny) == 0 with input as {"steps": examples.untold}
}
