# METADATA
# title: Built on an image that you did not approve
# description: >
#   What is in the base is in the image. Nobody has looked at one that is not on your list, and nobody has promised to keep
#   it current.
# custom:
#   id: BLD-016
#   severity: medium
#   family: build
#   input: image/v1
#   needs: [bases, layers]
#   remedy: >
#     Build on an approved image, or approve of this one: `params.approved` has names (`docker.io/library/debian:12`; without
#     a tag any; a star stands for any end) and digests, of base images or of their layers. All images that take part in the
#     build count, those of other stages too. Names are the word of whoever built the image; the digest of a layer is not.
#   aliases: [CIS-DI-0002]
#   standards:
#     nist-800-53: [CM-2, SR-3]
#     nist-800-190: [4.1.2, 4.1.5]
#     cis-docker: ["4.2"]
#     pci-dss: [6.5.1]
#     disa-container: [baseline]
#     iso-27001: [A.5.19]
#     soc-2: [CC9.2]
#   params:
#     approved: []
package plimsoll.checks.bld_016

import data.plimsoll.lib.result
import data.plimsoll.lib.text
import rego.v1

deny contains result.at(sprintf("bases.%s", [shown(base)]), message) if {
	count(approved) > 0
	not has_approved_layer
	some base in input.bases
	not is_approved(base)
	message := sprintf("%s is not on the list of approved images (said by the %s)", [shown(base), base.said_by])
}

not_assessed contains "no list of approved images is given (params.approved)" if count(approved) == 0

not_assessed contains "neither a label nor provenance says what it was built on" if {
	count(approved) > 0
	count(input.bases) == 0
	not has_approved_layer
}

approved := data.params["BLD-016"].approved

has_approved_layer if {
	some layer in input.layers
	layer.digest in approved
}

is_approved(base) if {
	base.digest != ""
	base.digest in approved
}

is_approved(base) if {
	base.name != ""
	text.like_any(approved, base.name)
}

is_approved(base) if {
	base.name != ""
	text.like_any(approved, sprintf("%s:%s", [base.name, base.tag]))
}

shown(base) := sprintf("%s:%s", [base.name, base.tag]) if {
	base.name != ""
	base.tag != ""
}

shown(base) := base.name if {
	base.name != ""
	base.tag == ""
}

shown(base) := base.digest if base.name == ""
