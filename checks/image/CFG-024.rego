# METADATA
# title: Built long ago
# description: >
#   Fixes of the base image and of packages come in when an image is built again. One that was not for months has none
#   of those since.
# custom:
#   id: CFG-024
#   severity: low
#   family: image
#   input: image/v1
#   needs: [config.created]
#   remedy: Build again on a schedule, with the base image pulled anew.
#   standards:
#     cis-docker: ["4.4"]
#     nist-800-190: ["4.2.2"]
#     nsa-cisa: [image-scanning]
#   params:
#     max_age_days: 90
package plimsoll.checks.cfg_024

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("config.created", message) if {
	not is_stand_in
	age > data.params["CFG-024"].max_age_days
	message := sprintf("built %d days ago, more than %d", [age, data.params["CFG-024"].max_age_days])
}

not_assessed contains "the image does not say when it was built" if not is_number(age)

not_assessed contains reason if {
	is_number(age)
	is_stand_in
	reason := sprintf("the image says %s, which builders write in place of the time", [day])
}

age := object.get(input.config, "age_days", null)

day := substring(input.config.created, 0, 10)

is_stand_in if day in data.lists["stand-in-dates"]
