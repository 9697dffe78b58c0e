# METADATA
# title: Deadline for a fix has passed
# description: >
#   The rules that this image is held to gave a number of days, and they are over.
# custom:
#   id: VUL-004
#   severity: high
#   family: vulnerabilities
#   input: image/v1
#   needs: [vulnerabilities, deadlines]
#   remedy: Fix it, or have the delay accepted in a waiver with an end.
#   standards:
#     nist-800-53: [SI-2, SI-2(3)]
#     nist-800-190: [4.1.1]
package plimsoll.checks.vul_004

import data.plimsoll.lib.finding
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, message) if {
	some entry in input.vulnerabilities
	late := sort([sprintf("%s by %s", [due.profile, due.by]) |
		some due in object.get(entry, "due", [])
		due.state == "overdue"
	])
	count(late) > 0
	message := sprintf("%s had to be fixed: %s", [finding.vulnerability(entry), concat(", ", late)])
}

not_assessed contains "no deadlines were asked for" if count(input.deadlines) == 0

# One that nobody could date may be overdue as well.
not_assessed contains message if {
	some profile in input.deadlines
	undated := [entry |
		some entry in input.vulnerabilities
		some due in object.get(entry, "due", [])
		due.profile == profile
		due.state == "not-assessed"
	]
	count(undated) > 0
	message := sprintf(
		"%s: %d vulnerabilities have no date to count from, %s among them",
		[profile, count(undated), undated[0].id],
	)
}
