# METADATA
# title: Containers of manifests
# description: What checks of Kubernetes objects and Compose services share.
package plimsoll.lib.manifests

import data.plimsoll.lib.result
import rego.v1

# Reasons why the document does not hold all that is in its files. Who passes them has to give these.
unread(problems) := {reason |
	some problem in problems
	reason := sprintf("%s, line %d: %s", [problem.path, problem.line, problem.message])
}

# Every container with the object that runs it.
containers(objects) := [{"owner": owner, "container": container} |
	some owner in objects
	some container in owner.pod.containers
]

# Those that Kubernetes runs, not Compose.
of_kubernetes(objects) := [owner | some owner in objects; owner.compose == false]

# Pods on Windows have none of what Linux confines with.
of_linux(objects) := [owner | some owner in of_kubernetes(objects); object.get(owner.pod, "os", "") != "windows"]

# A container of an object.
in_container(found, message) := object.union(
	result.object_of(found.owner, message),
	{
		"place": sprintf("%s/%s/%s", [found.owner.kind, found.owner.name, found.container.name]),
		"line": found.container.line,
	},
)

# What a container's security context says; null where it says nothing.
setting(found, name) := object.get(found.container.securityContext, name, null)

# A list of a field that may be missing or malformed.
listed(value) := value if is_array(value)

listed(value) := [] if not is_array(value)
