# METADATA
# title: Image not named by its digest
# description: >
#   A tag can be moved to another image at any time. What was scanned, and what runs after the next restart, are the
#   same for certain only with a digest.
# custom:
#   id: K8S-023
#   severity: medium
#   family: kubernetes
#   input: kubernetes/v1
#   needs: [objects, problems]
#   remedy: >
#     Write `image: name:tag@sha256:…`.
#   aliases: [KSV-0013]
package plimsoll.checks.k8s_023

import data.plimsoll.lib.manifests
import rego.v1

deny contains manifests.in_container(found, message) if {
	some found in manifests.containers(input.objects)
	is_object(found.container.image_reference)
	found.container.image_reference.digest == null
	message := sprintf("the image %s can be moved", [found.container.image])
}

not_assessed contains reason if {
	some found in manifests.containers(input.objects)
	found.container.image_reference == null
	found.container.image != ""
	reason := sprintf("%s: the image %q is not told by the file", [found.owner.path, found.container.image])
}

not_assessed contains reason if some reason in manifests.unread(input.problems)
