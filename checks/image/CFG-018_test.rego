package plimsoll.checks.cfg_018_test

import data.plimsoll.checks.cfg_018
import rego.v1

denied(entrypoint, arguments) := found if {
	found := {hit.place | some hit in cfg_018.deny} with input as {"config": {
		"entrypoint": entrypoint,
		"command": arguments,
	}}
}

test_denies_switches if {
	denied(["jupyter", "lab"], ["--allow-root"]) == {"config.command.--allow-root"}
	denied(["server", "--insecure=true"], []) == {"config.entrypoint.--insecure"}
	denied([], ["redis-server", "--protected-mode", "no"]) == {"config.command.--protected-mode no"}
}

test_denies_switches_within_a_script if {
	denied([], ["/bin/sh", "-c", "jupyter notebook --NotebookApp.token='' --allow-root; true"]) == {
		"config.command.--notebookapp.token=",
		"config.command.--allow-root",
	}
}

test_allows_others if {
	denied([], ["python3"]) == set()
	denied(["docker-entrypoint.sh"], ["node", "--insecure-http-parser"]) == set()
	denied([], ["server", "--insecure=false"]) == set()
	denied([], ["jupyter", "lab", "--ServerApp.token=abc"]) == set()
}
