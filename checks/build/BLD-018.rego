# METADATA
# title: The tag of the base image means a newer one by now
# description: >
#   The base was published anew since the image was built, as a rule with fixes in it.
# custom:
#   id: BLD-018
#   severity: medium
#   family: build
#   input: image/v1
#   needs: [bases]
#   remedy: Build again on the base of today.
#   standards:
#     cis-docker: ["4.4", "5.28"]
#     eu-cra: [I-I-2-c]
package plimsoll.checks.bld_018

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("bases.%s:%s", [base.name, base.tag]), message) if {
	some base in input.bases
	base.newest == false
	message := sprintf("%s:%s is another image than %s by now", [base.name, base.tag, base.digest])
}

# What was named by digest alone has no tag that could move.
not_assessed contains sprintf("%s:%s: %s", [base.name, base.tag, base.unasked]) if {
	some base in input.bases
	base.tag != ""
	base.newest == null
}

not_assessed contains "nothing says under which tag the base image is published" if {
	count([base | some base in input.bases; base.tag != ""]) == 0
}
