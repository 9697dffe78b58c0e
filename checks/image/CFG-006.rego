# METADATA
# title: Health check switched off
# description: >
#   Somebody took away the health check that the base image has, so a dead service is kept by runtimes that relied on
#   it.
# custom:
#   id: CFG-006
#   severity: low
#   family: image
#   input: image/v1
#   needs: [config.healthcheck]
#   optional: [config.healthcheck]
#   remedy: Remove `HEALTHCHECK NONE`, or replace it with a check of the service.
#   standards:
#     cis-docker: ["4.6"]
package plimsoll.checks.cfg_006

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("config.healthcheck", "the health check of the base is switched off") if {
	input.config.healthcheck.test[0] == "NONE"
}
