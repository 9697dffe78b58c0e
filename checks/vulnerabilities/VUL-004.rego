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

not_assessed contains "no deadlines were asked for (--deadlines)" if count(input.deadlines) == 0

# One that nobody could date may be overdue as well.
not_assessed contains message if {
	some profile in input.deadlines
	undated := sort({entry.id |
		some entry in input.vulnerabilities
		object.get(entry, "muted", false) == false
		some due in object.get(entry, "due", [])
		due.profile == profile
		due.state == "not-assessed"
	})
	count(undated) > 0
	message := sprintf("%s: %s no date to count from, %s among them", [profile, counted(undated), undated[0]])
}

counted(ids) := "1 vulnerability has" if count(ids) == 1

counted(ids) := sprintf("%d vulnerabilities have", [count(ids)]) if count(ids) > 1
