# METADATA
# title: No health check
# description: >
#   Nothing tells a container that works from one that hangs, so a runtime that relies on the image keeps a dead service.
#   Kubernetes has probes of its own and ignores this.
# custom:
#   id: CFG-005
#   severity: low
#   family: image
#   input: image/v1
#   needs: [config.healthcheck]
#   remedy: Add a HEALTHCHECK that asks the service itself; waive this where the orchestrator probes.
#   aliases: [CIS-DI-0006, DS-0026]
#   standards:
#     cis-docker: ["4.6", "5.27"]
package plimsoll.checks.cfg_005

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("config.healthcheck", "the image has no health check") if not checked

checked if count(input.config.healthcheck.test) > 0
