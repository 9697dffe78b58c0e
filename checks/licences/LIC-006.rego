# METADATA
# title: Text of the licence is not what the package says
# description: >
#   One of the two is wrong. Who relies on the word of the package may break the terms that hold. Told where the licence
#   that a package states and the licence file beside it have nothing in common.
# custom:
#   id: LIC-006
#   severity: medium
#   family: licences
#   input: image/v1
#   needs: [licence_texts]
#   remedy: Read the text, ask who made the package, and write the answer into the policy for licences.
package plimsoll.checks.lic_006

import data.plimsoll.lib.result
import rego.v1

deny contains result.of_package(entry, message) if {
	some entry in input.licence_texts
	entry.declared != ""
	entry.detected != ""
	entry.agree == false
	message := sprintf("%s says %s, its text is %s", [entry.name, entry.declared, entry.detected])
}
