package plimsoll.checks.bld_011_test

import data.plimsoll.checks.bld_011
import data.plimsoll.lib.examples
import rego.v1

test_denies_literals if {
	echoed := examples.pipeline(["echo root:hunter2", "chpasswd"])
	document := object.union(examples.command(["chpasswd"]), {"document": "app:hunter2\n", "pipeline": 2})
	here := object.union(examples.command(["chpasswd"]), {"redirections": ["<<<www:hunter2"], "pipeline": 3})
	steps := [
		examples.root,
		examples.step(1, {"commands": array.concat(echoed, [document, here])}),
		examples.run(2, ["useradd -m -p hunter2 app", "usermod --password $6$salt$hash app"]),
		examples.piped(3, ["echo hunter2", "passwd --stdin root"]),
	]
	hits := bld_011.deny with input as {"steps": steps, "secrets": []}
	count(hits) == 6
	every hit in hits {
		message := hit.message
		not contains(message, "hunter2")
	}
}

test_denies_what_the_detection_found if {
	secret := {"rule": "password", "place": "history", "step": 1, "redacted": "h… (7)", "check": "BLD-011"}
	document := {"steps": [examples.root, examples.run(1, ["setup"])], "secrets": [secret]}
	count(bld_011.deny) == 1 with input as document
}

test_allows_variables_and_locks if {
	steps := [
		examples.root,
		examples.piped(1, ["echo root:$PASSWORD", "chpasswd"]),
		examples.run(2, ["useradd -m -p ! app", "useradd -p $HASH app", "passwd -l root", "useradd -m app"]),
		examples.piped(3, ["cat /run/secrets/users", "chpasswd"]),
	]
	count(bld_011.deny) == 0 with input as {"steps": steps, "secrets": []}
}

test_does_not_assess_what_the_history_does_not_tell if {
	count(bld_011.not_assessed) == 1 with input as {"steps": []}
	count(bld_011.not_assessed) == 1 with input as {"steps": examples.untold}
	count(bld_011.deny) == 0 with input as {"steps": examples.untold}
}
