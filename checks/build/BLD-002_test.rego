package plimsoll.checks.bld_002_test

import data.plimsoll.checks.bld_002
import data.plimsoll.lib.examples
import rego.v1

test_denies_plain_files if {
	steps := [
		examples.root,
		examples.copy(1, "ADD", ["app.jar", "conf"], "/srv/"),
		examples.copy(2, "ADD", ["dir:8b1e79f91081eb527b455cf1bcb8df5d"], "/srv"),
	]
	count(bld_002.deny) == 3 with input as {"steps": steps}
}

test_allows_archives_addresses_and_the_root if {
	steps := [
		examples.root,
		examples.copy(1, "ADD", ["app.tar.gz"], "/srv/"),
		examples.copy(2, "ADD", ["https://downloads.example/x", "git@code.example:a/b.git"], "/srv/"),
		examples.copy(3, "COPY", ["app.jar"], "/srv/"),
	]
	count(bld_002.deny) == 0 with input as {"steps": steps}
	count(bld_002.not_assessed) == 0 with input as {"steps": steps}
}

test_does_not_assess_a_file_without_name if {
	steps := [examples.root, examples.copy(1, "ADD", ["file:8b1e79f91081eb527b455cf1bcb8df5d"], "/srv/")]
	count(bld_002.deny) == 0 with input as {"steps": steps}
	count(bld_002.not_assessed) == 1 with input as {"steps": steps}
}

test_does_not_assess_what_the_history_does_not_tell if {
	count(bld_002.not_assessed) == 1 with input as {"steps": []}
	count(bld_002.not_assessed) == 1 with input as {"steps": examples.untold}
	count(bld_002.deny) == 0 with input as {"steps": examples.untold}
}
