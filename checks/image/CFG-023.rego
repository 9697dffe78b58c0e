# METADATA
# title: Names its author in the field that is no longer used
# description: >
#   MAINTAINER was deprecated long ago; programs that look for whom to ask read the label.
# custom:
#   id: CFG-023
#   severity: negligible
#   family: image
#   input: image/v1
#   needs: [config.author]
#   remedy: Set the label `org.opencontainers.image.authors` instead.
#   aliases: [DS-0022]
package plimsoll.checks.cfg_023

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("config.author", message) if {
	trim_space(input.config.author) != ""
	message := sprintf("the author field says %q", [input.config.author])
}
