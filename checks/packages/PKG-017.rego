# METADATA
# title: Library for encryption gets no more fixes
# description: >
#   What keeps secrets and connections safe is of a line of releases that its makers gave up.
# custom:
#   id: PKG-017
#   severity: medium
#   family: packages
#   input: image/v1
#   needs: [outdated]
#   remedy: Upgrade to a supported line, for OpenSSL 3 or later, or take the distribution's own.
#   standards:
#     nist-800-53: [SA-22]
package plimsoll.checks.pkg_017

import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, message) if {
	some entry in input.outdated
	entry.of == "package"
	entry.why == "end-of-life"
	some library in data.lists["crypto-libraries"]
	library in {lower(entry.product), lower(entry.name)}
	message := sprintf("%s %s is of a line that is past its end of life", [entry.name, entry.version])
}
