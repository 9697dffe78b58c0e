# METADATA
# title: Secret in the environment
# description: >
#   The environment is part of the image's config: whoever may pull the image, or merely look at it, has the secret, and
#   it stays in every copy.
# custom:
#   id: CFG-011
#   severity: critical
#   family: image
#   input: image/v1
#   needs: [config.env, secrets]
#   remedy: >
#     Take it out of the image, revoke it, and hand the new one over when the container starts, from a store of secrets.
#   aliases: [CIS-DI-0010, DS-0031]
#   standards:
#     nist-800-53: [CM-6, IA-5(7)]
#     nist-800-190: [4.1.4]
#     cis-docker: ["4.10"]
#     pci-dss: [2.2.1, 8.6.2]
#     disa-container: [CCI-000366]
#     fedramp: [hardened-images]
#     iso-27001: [A.8.9]
package plimsoll.checks.cfg_011

import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(secret, message) if {
	some secret in input.secrets
	secret.found_in == "environment"
	message := sprintf("the environment holds a secret (%s): %s", [secret.rule, secret.redacted])
}
