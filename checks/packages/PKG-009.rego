# METADATA
# title: A runtime or program gets no more fixes
# description: >
#   Flaws that are found in it from now on stay, and are often not even told for a line of releases that its makers gave
#   up.
# custom:
#   id: PKG-009
#   severity: high
#   family: packages
#   input: image/v1
#   needs: [outdated]
#   remedy: Upgrade to a line that its makers support.
#   standards:
#     nist-800-53: [SA-22]
#     nist-800-190: [4.1.1]
#     eu-cra: [13-8]
package plimsoll.checks.pkg_009

import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, message) if {
	some entry in input.outdated
	entry.of == "package"
	entry.why == "end-of-life"
	message := sprintf("%s %s is of a line that is past its end of life", [entry.name, entry.version])
}
