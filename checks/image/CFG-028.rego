# METADATA
# title: Stored in a form that no digest covers
# description: >
#   The first form of manifests can be changed without its digest changing, and foreign layers are fetched from
#   elsewhere, so that what is pulled need not be what was pushed. A scan refuses the first form itself, so that this
#   check has only layers to tell of.
# custom:
#   id: CFG-028
#   severity: medium
#   family: image
#   input: image/v1
#   needs: [reference.media_type, layers]
#   remedy: Build the image anew with a current builder, or copy it with a tool that writes OCI manifests.
package plimsoll.checks.cfg_028

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("reference.media_type", message) if {
	input.reference.media_type in {
		"application/vnd.docker.distribution.manifest.v1+json",
		"application/vnd.docker.distribution.manifest.v1+prettyjws",
	}
	message := "the manifest has the first form, which was given up"
}

deny contains result.at(sprintf("layers.%d", [layer.index]), message) if {
	some layer in input.layers
	type := object.get(layer, "media_type", "")
	regex.match(`(foreign|nondistributable)`, type)
	message := sprintf("layer %d is of the type %s and kept elsewhere", [layer.index, type])
}
