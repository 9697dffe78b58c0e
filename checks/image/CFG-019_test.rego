package plimsoll.checks.cfg_019_test

import data.plimsoll.checks.cfg_019
import rego.v1

denied(entrypoint, arguments) := found if {
	found := {hit.place | some hit in cfg_019.deny} with input as {"config": {
		"entrypoint": entrypoint,
		"command": arguments,
	}}
}

test_denies_the_form_of_a_shell if {
	denied([], ["/bin/sh", "-c", "python app.py"]) == {"config.command"}
	denied(["/bin/bash", "-ec", "run && serve"], ["x"]) == {"config.entrypoint"}
}

test_allows_exec if {
	denied([], ["/bin/sh", "-c", "exec python app.py"]) == set()
	denied(["sh", "-c", "prepare; exec \"$@\"", "--"], ["app"]) == set()
}

test_allows_programs_and_a_shell_to_type_in if {
	denied([], ["bash"]) == set()
	denied([], ["python3"]) == set()
	denied(["docker-entrypoint.sh"], ["/bin/sh", "-c", "node app"]) == set()
	denied(["tini", "--", "sh", "-c", "serve"], []) == set()
	denied([], []) == set()
}
