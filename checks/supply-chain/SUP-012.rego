# METADATA
# title: No recent attestation of a scan
# description: >
#   A cluster that lets only scanned images in has to see that this one was, and lately.
# custom:
#   id: SUP-012
#   severity: low
#   family: supply-chain
#   input: image/v1
#   needs: [evidence.attestations]
#   remedy: Attest the result of each scan to the image, and scan on a schedule.
#   standards:
#     nist-800-53: [CA-7]
#     nist-800-190: [4.1.5]
#     cis-docker: ["4.12"]
#     fedramp: [build-pipeline]
#   params:
#     max_age_days: 30
package plimsoll.checks.sup_012

import data.plimsoll.lib.result
import data.plimsoll.lib.text
import rego.v1

deny contains result.at("evidence.attestations", "no scan is attested") if {
	count(scans) == 0
	count(open) == 0
}

deny contains result.at("evidence.attestations", message) if {
	count(scans) > 0
	ages := [entry.age_days | some entry in scans; dated(entry)]
	count(ages) == count(scans)
	min(ages) > limit
	message := sprintf("the last attested scan is %d days old, more than %d", [min(ages), limit])
}

not_assessed contains "an attested scan does not say of when it is, or is of a day to come" if {
	some entry in scans
	not dated(entry)
}

not_assessed contains "a scan is attested, and its signature was not verified (--verify-key gives the key)" if {
	count(scans) == 0
	count(open) > 0
}

# One that nobody signed, or whose signature does not hold, attests nothing.
scans := [entry | some entry in attested; entry.valid == true]

open := [entry | some entry in attested; entry.valid == null]

attested := [entry |
	some entry in input.evidence.attestations
	object.get(entry, "signed", true) == true
	text.like_any(data.lists["scan-predicates"], entry.predicate)
]

dated(entry) if {
	is_number(object.get(entry, "age_days", null))
	entry.age_days >= 0
}

limit := data.params["SUP-012"].max_age_days
