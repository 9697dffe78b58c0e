# METADATA
# title: Certificate authority that the image added
# description: >
#   Whoever holds the key of a trusted authority can read and change every TLS connection that the programs of the image
#   open.
# custom:
#   id: FS-025
#   severity: medium
#   family: files
#   input: image/v1
#   needs: [certificates, gaps]
#   remedy: Take the certificate out where it is not needed, or add its SHA-256 to `params.allowed`.
#   standards:
#     nist-800-53: [SC-17]
#   params:
#     allowed: []
package plimsoll.checks.fs_025

import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

deny contains of_subject(certificate, message) if {
	some certificate in anchors
	digest := certificate.sha256
	not digest in allowed
	message := sprintf("%s makes %s a trusted authority (SHA-256 %s)", [certificate.path, certificate.subject, digest])
}

expected contains message if {
	some certificate in anchors
	certificate.sha256 in allowed
	message := sprintf("%s is an authority that is allowed", [certificate.subject])
}

# One file may hold several.
of_subject(certificate, message) := object.union(
	result.file(certificate, message),
	{"place": sprintf("%s (%s)", [certificate.path, certificate.subject])},
)

anchors := [certificate |
	some certificate in input.certificates
	some folder in data.lists.trust_anchors.folders
	startswith(certificate.path, folder)
]

allowed := {lower(replace(digest, ":", "")) | some digest in data.params["FS-025"].allowed}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
