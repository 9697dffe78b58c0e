# METADATA
# title: Numbers of payment cards
# description: >
#   Data of real people in an image leaves the place that is meant to protect it, and pulls everything that stores the
#   image into the same duties. Looked for with `--scanners cards` alone, in text files: numbers with the beginning, length
#   and check digit of a large issuer that stand by themselves. No digit of them is kept or shown. Other personal data is not
#   looked for.
# custom:
#   id: SEC-016
#   severity: medium
#   family: secrets
#   input: image/v1
#   needs: [secrets, personal_data, gaps]
#   remedy: Take it out, push again, and delete the old image; test with data that was made up.
#   standards:
#     nist-800-53: [SC-28]
#     pci-dss: [3.2.1]
#     iso-27001: [A.8.12]
package plimsoll.checks.sec_016

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.id == "SEC-016"
}

not_assessed contains "numbers of payment cards were not looked for" if input.personal_data != true

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
