# METADATA
# title: Something that looks like a secret
# description: >
#   A value as random as a key has a name that says it is one. It may be a sample, and it may be the real thing.
# custom:
#   id: SEC-008
#   severity: medium
#   family: secrets
#   input: image/v1
#   needs: [secrets, gaps]
#   remedy: >
#     Look at it. Take it out of the build, give it at run time, and make a new one: this one is known to everybody who
#     pulled the image.
package plimsoll.checks.sec_008

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.id == "SEC-008"
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
