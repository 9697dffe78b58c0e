# METADATA
# title: Statement that hides a vulnerability gives no reason
# description: >
#   A VEX statement takes a vulnerability out of the report. One that does not say why cannot be looked at again.
# custom:
#   id: VUL-012
#   severity: medium
#   family: vulnerabilities
#   input: image/v1
#   needs: [vulnerabilities, statements]
#   remedy: Give each statement a justification and a name that answers for it, and sign the document.
#   standards:
#     disa-container: [baseline]
#     eu-cra: [I-I-2-a]
package plimsoll.checks.vul_012

import data.plimsoll.lib.finding
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, message) if {
	some entry in input.vulnerabilities
	entry.muted
	statement := input.statements[entry.muted_by]
	count(faults(statement, entry)) > 0
	message := sprintf("%s is hidden by %s, which %s", [
		finding.vulnerability(entry),
		entry.muted_by,
		concat(" and ", sort([fault | some fault in faults(statement, entry)])),
	])
}

faults(statement, entry) := {fault |
	some fault in [unsigned(statement), silent(entry)]
	fault != ""
}

unsigned(statement) := "is by nobody who is trusted" if statement.trusted == false

unsigned(statement) := "" if object.get(statement, "trusted", null) != false

# A statement that it is fixed needs no other reason.
silent(entry) := "gives no justification" if {
	object.get(entry, "muted_status", "not_affected") == "not_affected"
	object.get(entry, "justification", "") in {"", null}
} else := ""
