package plimsoll.checks.dkf_008_test

import data.plimsoll.checks.dkf_008
import data.plimsoll.lib.examples
import rego.v1

of(arguments) := examples.dockerfile([examples.stage(0, null, [examples.instruction("EXPOSE", 3, arguments)])])

test_denies_what_is_no_port if {
	count(dkf_008.deny) == 4 with input as of(["0", "80800/tcp", "8000-70000", "http"])
}

test_allows_ports_and_variables if {
	count(dkf_008.deny) == 0 with input as of(["1", "8080/tcp", "53/udp", "8000-8010", "$PORT", "${PORT}/tcp"])
}

test_does_not_assess_what_is_not_read if {
	broken := {"errors": [{"path": "Dockerfile", "line": 3, "message": "there is no instruction \"FETCH\""}]}
	count(dkf_008.not_assessed) == 1 with input as object.union(examples.dockerfile([]), broken)
}
