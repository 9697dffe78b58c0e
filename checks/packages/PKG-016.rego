# METADATA
# title: Package that was made to harm
# description: >
#   It was published to steal or to open a door, often under a name that is easily mistaken for another. It may have run
#   when it was installed.
# custom:
#   id: PKG-016
#   severity: critical
#   family: packages
#   input: image/v1
#   needs: [vulnerabilities]
#   remedy: Remove it and look for what it left. Replace every secret that the build or a container had.
#   standards:
#     nist-800-53: [CM-8(3), SI-3, SR-3, SR-11]
#     nist-800-190: [4.1.3]
#     soc-2: [CC6.8]
#     hipaa: [164.308(a)(5)(ii)(B)]
#     eu-cra: [13-5]
package plimsoll.checks.pkg_016

import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, message) if {
	some entry in input.vulnerabilities
	is_malicious(entry)
	message := sprintf("%s %s was made to harm (%s)", [entry.name, entry.version, entry.id])
}

is_malicious(entry) if {
	some id in array.concat([entry.id], object.get(entry, "aliases", []))
	startswith(id, "MAL-")
}
