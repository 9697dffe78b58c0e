package plimsoll.checks.bld_015_test

import data.plimsoll.checks.bld_015
import rego.v1

built(elevated, steps) := {"evidence": {"provenance": [{"elevated": elevated, "steps": steps}]}}

test_denies_each_way_out if {
	places := {hit.place | some hit in bld_015.deny} with input as built(["network.host", "security.insecure"], true)
	places == {"evidence.provenance.elevated.network.host", "evidence.provenance.elevated.security.insecure"}
	count(bld_015.deny) == 1 with input as built(["network.host"], false)
}

test_allows_steps_inside if {
	count(bld_015.deny) == 0 with input as built([], true)
	count(bld_015.not_assessed) == 0 with input as built([], true)
}

test_does_not_assess_without_steps_or_provenance if {
	count(bld_015.not_assessed) == 1 with input as built([], false)
	count(bld_015.not_assessed) == 1 with input as {"evidence": {"provenance": []}}
}
