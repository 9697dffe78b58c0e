# METADATA
# title: Sensitive file removed only in a later layer
# description: >
#   A layer that removes a file hides it and takes nothing away: the layer below still holds it, and every pull brings
#   it along.
# custom:
#   id: BLD-014
#   severity: high
#   family: build
#   input: image/v1
#   needs: [fs.removed]
#   remedy: >
#     Never let the file into a layer: mount it as a secret, or use it in a stage of its own and copy only the result.
#     Withdraw what was in it.
#   standards:
#     disa-container: [CCI-002617]
#     nist-800-53: [SI-2(6)]
package plimsoll.checks.bld_014

import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in input.fs.removed
	kind := sensitive(file.path)
	message := sprintf("%s, which a later layer only hides", [kind])
}

sensitive(path) := "a private key" if {
	regex.match(`(^|/)id_(rsa|dsa|ecdsa|ed25519)(_sk)?$|\.(ppk|p12|pfx|jks|keystore)$|(^|/)[^/]*(private|secret)[^/]*\.(pem|key)$`, lower(path))
} else := "credentials" if {
	regex.match(`(^|/)\.(netrc|pgpass|git-credentials|pypirc|npmrc|dockercfg|my\.cnf)$|(^|/)\.docker/config\.json$`, path)
} else := "credentials" if {
	regex.match(`(^|/)\.(aws/credentials|kube/config|azure/[^/]*tokens[^/]*\.json)$|(^|/)application_default_credentials\.json$`, path)
} else := "a file of variables" if {
	regex.match(`(^|/)\.env(\.(local|production|prod))?$`, path)
} else := "a command history" if {
	regex.match(`(^|/)\.(bash|sh|zsh|ash|mysql|psql|python)_?history$`, path)
} else := "the history of a source tree" if {
	regex.match(`(^|/)\.git/(HEAD|config|packed-refs)$`, path)
}
