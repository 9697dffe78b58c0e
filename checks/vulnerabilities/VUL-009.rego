# METADATA
# title: Data about vulnerabilities is old
# description: >
#   What became known since the data was fetched cannot be found with it.
# custom:
#   id: VUL-009
#   severity: medium
#   family: vulnerabilities
#   input: image/v1
#   needs: [data]
#   remedy: Fetch the data again (`plimsoll db update`); `params.hours` is how old it may be.
#   standards:
#     nist-800-53: [CA-7, RA-5(2), SI-2(2)]
#     nist-800-190: [4.1.1]
#     pci-dss: [6.3.1]
#     fedramp: [image-scanning, scanner-configuration]
#     hipaa: [164.308(a)(8)]
#     eu-cra: [I-II-3]
#   params:
#     hours: 168
package plimsoll.checks.vul_009

import data.plimsoll.lib.result
import rego.v1

limit := data.params["VUL-009"].hours

# It fails the check and is no finding: nothing is wrong with the image for it.
deny contains object.union(result.at(place, message), {"refers": place}) if {
	some feed in input.data
	is_number(feed.age_hours)
	feed.age_hours > limit
	place := sprintf("data %s", [feed.name])
	message := sprintf("the data of %s is %s old, %s are allowed", [feed.name, days(feed.age_hours), days(limit)])
}

days(hours) := sprintf("%d days", [floor(hours / 24)]) if hours >= 48

days(hours) := sprintf("%d hours", [floor(hours)]) if hours < 48

not_assessed contains message if {
	some feed in input.data
	hours := object.get(feed, "age_hours", null)
	not is_number(hours)
	message := sprintf("the age of the data of %s is not known", [feed.name])
}

not_assessed contains "there is no data" if count(input.data) == 0
