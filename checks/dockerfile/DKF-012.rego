# METADATA
# title: Secret passed without a secret mount
# description: >
#   What comes in by ARG, ENV or COPY stays: in the history, in the configuration, or in a layer, even when a later
#   instruction deletes it. A secret mount is there for one RUN and leaves nothing.
# custom:
#   id: DKF-012
#   severity: high
#   family: dockerfile
#   input: dockerfile/v1
#   needs: [stages, path, errors]
#   remedy: >
#     Use `RUN --mount=type=secret,id=token …` while building, and give secrets to the container when it starts.
#   aliases: [DS-0031]
#   params:
#     allowed_names: []
package plimsoll.checks.dkf_012

import data.plimsoll.lib.dockerfile
import data.plimsoll.lib.result
import rego.v1

deny contains result.line(input.path, instruction.line, message) if {
	some found in dockerfile.instructions(input.stages)
	instruction := found.instruction
	instruction.kind in {"ARG", "ENV"}
	some argument in instruction.arguments
	parts := split(argument, "=")
	secret(parts[0])
	kept(instruction.kind, array.slice(parts, 1, count(parts)))
	not parts[0] in data.params["DKF-012"].allowed_names
	message := sprintf("%s %s keeps its value in the image", [instruction.kind, parts[0]])
}

deny contains result.line(input.path, instruction.line, message) if {
	some found in dockerfile.instructions(input.stages)
	instruction := found.instruction
	instruction.kind in {"COPY", "ADD"}
	object.get(instruction.flags, "from", null) == null
	some source in array.slice(instruction.arguments, 0, count(instruction.arguments) - 1)
	credentials(source)
	message := sprintf("%s puts %s into a layer", [instruction.kind, source])
}

deny contains result.line(input.path, instruction.line, message) if {
	some found in dockerfile.instructions(input.stages)
	instruction := found.instruction
	instruction.kind == "RUN"
	some command in instruction.commands
	some index, word in command.arguments
	word in options[command.program]
	given := command.arguments[index + 1]
	literal(given)
	message := sprintf("RUN gives %s a secret with %s", [command.program, word])
}

secret(name) if regex.match(
	`(^|_)(password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?)$`,
	lower(name),
)

secret(name) if upper(name) in {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GOOGLE_APPLICATION_CREDENTIALS_JSON"}

# Every ARG is there to be given a value; an ENV without one, or with one that is taken from elsewhere, holds nothing.
kept(kind, _) if kind == "ARG"

kept("ENV", parts) if regex.match(`^[^$]`, concat("=", parts))

credentials(path) if regex.match(
	`(^|/)(id_(rsa|dsa|ecdsa|ed25519)|\.netrc|\.pgpass|\.git-credentials|\.npmrc|\.pypirc|\.env|\.aws/credentials|\.kube/config)$`,
	path,
)

credentials(path) if regex.match(`\.(ppk|p12|pfx|jks|keystore)$|(^|/)\.docker/config\.json$|service-?account[^/]*\.json$`, path)

options := {
	"curl": {"-u", "--user", "--oauth2-bearer", "--proxy-user"},
	"wget": {"--password", "--http-password"},
	"docker": {"-p", "--password"},
	"az": {"-p", "--password"},
	"mysql": {"--password"},
	"sshpass": {"-p"},
	"twine": {"-p", "--password"},
}

literal(given) if regex.match(`^[^$<-]`, given)

not_assessed contains reason if some reason in dockerfile.unread(input.errors)
