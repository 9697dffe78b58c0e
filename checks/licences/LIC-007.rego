# METADATA
# title: Text of a licence is missing
# description: >
#   Nearly every licence asks that its text goes along with the software. Told where a package of the operating system
#   brought texts (`usr/share/doc/*/copyright`, `usr/share/licenses`) and none of them is there any more; who never brought
#   one is not told of.
# custom:
#   id: LIC-007
#   severity: negligible
#   family: licences
#   input: image/v1
#   needs: [licence_texts]
#   remedy: >
#     Keep the licence files (`usr/share/doc`, `dist-info`, `META-INF`) when trimming the image, or add a file with all
#     notices.
#   standards:
#     disa-container: [baseline]
package plimsoll.checks.lic_007

import data.plimsoll.lib.result
import rego.v1

deny contains result.of_package(entry, message) if {
	some entry in input.licence_texts
	entry.notice == false
	message := sprintf("%s comes without the text of its licence", [entry.name])
}
