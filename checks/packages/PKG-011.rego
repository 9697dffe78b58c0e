# METADATA
# title: Package without a signature
# description: >
#   Without a signature nothing tells that a package is what its makers built. rpm keeps the signature of what it
#   installs, and it is only seen to be there: whose key made it is not checked. dpkg and apk keep none.
# custom:
#   id: PKG-011
#   severity: medium
#   family: packages
#   input: image/v1
#   needs: [packages]
#   remedy: Install it anew from a repository whose key is trusted, with the check of signatures on.
#   standards:
#     nist-800-53: [CM-14, SI-7, SI-7(15), SR-11]
#     cis-docker: ["4.11"]
#     iso-27001: [A.8.19]
package plimsoll.checks.pkg_011

import data.plimsoll.lib.result
import rego.v1

deny contains result.of_package(entry, message) if {
	some entry in installed
	entry.signed == false
	message := sprintf("%s has no signature", [entry.name])
}

not_assessed contains "the package database keeps no signatures" if {
	count({entry.name | some entry in installed; is_boolean(object.get(entry, "signed", null))}) == 0
}

# rpm keeps the keys themselves as packages.
installed := [entry |
	some entry in input.packages
	entry.system
	entry.presence == "installed"
	entry.name != "gpg-pubkey"
]
