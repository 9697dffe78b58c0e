# METADATA
# title: Does not say when it was built
# description: >
#   Without a time of building nobody can tell how old an image is, so no rule about age can be kept.
# custom:
#   id: CFG-025
#   severity: negligible
#   family: image
#   input: image/v1
#   needs: [config, day]
#   remedy: Set SOURCE_DATE_EPOCH to the time of the commit; builds stay reproducible with it.
package plimsoll.checks.cfg_025

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("config.created", "the image has no time of building") if created == ""

deny contains result.at("config.created", message) if {
	day in data.lists["stand-in-dates"]
	message := sprintf("the time of building is %s, which stands for none", [day])
}

deny contains result.at("config.created", message) if {
	is_date
	day > input.day
	age := object.get(input.config, "age_days", null)
	not is_number(age)
	message := sprintf("the time of building is %s, which is yet to come", [day])
}

deny contains result.at("config.created", message) if {
	created != ""
	not is_date
	message := sprintf("the time of building is %q, which is no time", [created])
}

created := object.get(input.config, "created", "")

day := substring(created, 0, 10)

is_date if regex.match(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`, day)
