# METADATA
# title: Secret in the build history
# description: >
#   Build arguments and the text of commands are kept in the history of the image. Whoever can pull it reads them,
#   whether or not a later layer removes the file they ended up in.
# custom:
#   id: BLD-009
#   severity: critical
#   family: build
#   input: image/v1
#   needs: [steps, secrets]
#   remedy: >
#     Withdraw the secret, and give it to the build by a secret mount: `RUN --mount=type=secret,id=token …`.
#   aliases: [DS-0031]
#   standards:
#     cis-docker: ["4.10"]
#     disa-container: [CCI-000366]
#     nist-800-190: ["4.1.4"]
#     nist-800-53: [IA-5(7)]
#     pci-dss: ["8.6.2"]
#   params:
#     allowed_arguments: []
package plimsoll.checks.bld_009

import data.plimsoll.lib.build
import data.plimsoll.lib.result
import rego.v1

# The report tells of it already.
deny contains result.finding(secret, message) if {
	some secret in input.secrets
	secret.found_in == "history"
	message := sprintf("the history of the build holds a secret (%s): %s", [secret.rule, secret.redacted])
}

# Nobody names an argument so who does not put a secret into it; what it is cannot be told.
deny contains result.rated(result.step(step, message), "high") if {
	some step in input.steps
	some name in step.arguments
	regex.match(`(^|_)(password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?)$`, lower(name))
	not name in data.params["BLD-009"].allowed_arguments
	message := sprintf("the value of the build argument %s is kept in the history", [name])
}

not_assessed contains reason if some reason in build.undecided(input.steps)
