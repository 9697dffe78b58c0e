# METADATA
# title: Base image brings vulnerabilities that have a fix
# description: >
#   They go away by building again on a newer base image, without a change to the program.
# custom:
#   id: VUL-010
#   severity: medium
#   family: vulnerabilities
#   input: image/v1
#   needs: [vulnerabilities, layers, gaps]
#   remedy: Rebuild with `--pull` on the current tag of the base image, and do so regularly.
#   standards:
#     nist-800-53: [SI-2]
#     cis-docker: ["4.4"]
#     eu-cra: [I-I-2-c]
package plimsoll.checks.vul_010

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, message) if {
	some entry in input.vulnerabilities
	entry.base
	entry.fixable
	message := sprintf("%s came with the base image, and %s", [finding.vulnerability(entry), finding.fixed(entry)])
}

# Without a base image there is nothing to rebuild on, as far as can be told.
not_assessed contains "which layers are the base image's is not known" if {
	count(input.vulnerabilities) > 0
	count([layer | some layer in input.layers; layer.base]) == 0
}

not_assessed contains reason if some reason in gap.blind(input.gaps)
