# METADATA
# title: Package that you ask for is missing
# description: >
#   Your own rules name it as one that every image must have.
# custom:
#   id: PKG-013
#   severity: medium
#   family: packages
#   input: image/v1
#   needs: [packages, os]
#   remedy: Install it in the build. `params.required` is the list of names.
#   params:
#     required: []
package plimsoll.checks.pkg_013

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("packages.%s", [name]), message) if {
	not is_blind
	some name in required
	not name in installed
	message := sprintf("%s is not installed", [name])
}

not_assessed contains "no list of required packages is given (params.required)" if count(required) == 0

not_assessed contains "the image has no package database, so nothing tells what is missing" if {
	count(required) > 0
	is_blind
}

is_blind if input.os.package_database == false

installed := {entry.name | some entry in input.packages; entry.presence == "installed"}

required := data.params["PKG-013"].required
