package plimsoll.checks.k8s_016_test

import data.plimsoll.checks.k8s_016
import data.plimsoll.lib.examples
import rego.v1

test_denies_types_users_and_roles if {
	count(k8s_016.deny) == 1 with input as examples.secured({"seLinuxOptions": {"type": "spc_t"}})
	count(k8s_016.deny) == 2 with input as examples.secured({"seLinuxOptions": {"user": "system_u", "role": "unconfined_r"}})
}

test_allows_levels_and_types_for_containers if {
	count(k8s_016.deny) == 0 with input as examples.secured({"seLinuxOptions": {"type": "container_t", "level": "s0:c1"}})
	count(k8s_016.deny) == 0 with input as examples.secured({})
}

test_does_not_assess_what_is_not_read if {
	count(k8s_016.not_assessed) == 1 with input as examples.broken
	count(k8s_016.deny) == 0 with input as examples.broken
}
