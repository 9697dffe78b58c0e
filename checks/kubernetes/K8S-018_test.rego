package plimsoll.checks.k8s_018_test

import data.plimsoll.checks.k8s_018
import data.plimsoll.lib.examples
import rego.v1

settings(name) := [{"name": name, "value": "1"}]

kubernetes(name) := examples.manifests([examples.deployment(examples.pod(
	{"securityContext": {"sysctls": settings(name)}},
	[examples.container({})],
))])

compose(name) := examples.manifests([examples.compose(examples.pod(
	{"securityContext": {"sysctls": settings(name)}},
	[examples.container({})],
))])

params := {"K8S-018": {"allowed": ["net.core.somaxconn"]}}

test_denies_unsafe_settings if {
	count(k8s_018.deny) == 1 with input as kubernetes("kernel.msgmax") with data.params as params
	count(k8s_018.deny) == 1 with input as compose("vm.overcommit_memory") with data.params as params
}

test_allows_safe_and_approved_ones if {
	count(k8s_018.deny) == 0 with input as kubernetes("net.ipv4.tcp_syncookies") with data.params as params
	count(k8s_018.deny) == 0 with input as kubernetes("net.core.somaxconn") with data.params as params
	count(k8s_018.deny) == 0 with input as compose("net.ipv4.ip_forward") with data.params as params
}

test_does_not_assess_what_is_not_read if {
	count(k8s_018.not_assessed) == 1 with input as examples.broken
	count(k8s_018.deny) == 0 with input as examples.broken
}
