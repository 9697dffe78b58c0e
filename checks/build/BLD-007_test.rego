package plimsoll.checks.bld_007_test

import data.plimsoll.checks.bld_007
import data.plimsoll.lib.examples
import rego.v1

test_denies_a_pipe_into_an_interpreter if {
	steps := [
		examples.root,
		examples.piped(1, ["curl -fsSL https://get.example/install", "bash -s -- --yes"]),
		examples.piped(2, ["wget -qO- https://get.example/install", "tee log", "sh"]),
		examples.piped(3, ["curl https://get.example/get-pip.py", "python3 -"]),
	]
	count(bld_007.deny) == 3 with input as {"steps": steps}
}

test_denies_a_substitution if {
	commands := [
		examples.command(["sh", "-c", "$(curl -fsSL https://get.example/install)"]),
		object.union(examples.command(["curl", "-fsSL", "https://get.example/install"]), {"pipeline": 2, "feeds": 0}),
	]
	some hit in bld_007.deny with input as {"steps": [examples.root, examples.step(1, {"commands": commands})]}
	hit.message == "what `curl -fsSL https://get.example/install` fetches is run by sh"
}

test_allows_data_and_files if {
	version := [
		examples.command(["echo", "$(curl https://get.example/version)"]),
		object.union(examples.command(["curl", "https://get.example/version"]), {"pipeline": 2, "feeds": 0}),
	]
	steps := [
		examples.root,
		examples.piped(1, ["curl -fsSL https://get.example/key.asc", "gpg --dearmor -o /usr/share/keyrings/x.gpg"]),
		examples.piped(2, ["curl https://get.example/a.json", "python3 -m json.tool"]),
		examples.piped(3, ["curl https://get.example/a.tar.gz", "tar -xz"]),
		examples.run(4, ["curl -o a.sh https://get.example/a.sh", "sha256sum -c a.sum", "sh a.sh"]),
		examples.step(5, {"commands": version}),
	]
	count(bld_007.deny) == 0 with input as {"steps": steps}
}

test_does_not_assess_what_the_history_does_not_tell if {
	count(bld_007.not_assessed) == 1 with input as {"steps": []}
	count(bld_007.not_assessed) == 1 with input as {"steps": examples.untold}
	count(bld_007.deny) == 0 with input as {"steps": examples.untold}
}
