# METADATA
# title: Certificate that is expired or weak
# description: >
#   An expired certificate stops connections, or teaches people to switch the check off. A weak one can be forged.
# custom:
#   id: FS-026
#   severity: low
#   family: files
#   input: image/v1
#   needs: [certificates, day, gaps]
#   remedy: Renew it with RSA of 2048 bits, an elliptic curve or Ed25519, signed with SHA-256 or better.
#   standards:
#     nist-800-53: [SC-17]
#     pci-dss: [4.2.1]
#     iso-27001: [A.8.24]
package plimsoll.checks.fs_026

import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

deny contains of_subject(certificate, message) if {
	some certificate in own
	reasons := sort([reason | some reason in weaknesses(certificate)])
	count(reasons) > 0
	message := sprintf("the certificate of %s %s", [certificate.subject, concat(", ", reasons)])
}

# One file may hold several.
of_subject(certificate, message) := object.union(
	result.file(certificate, message),
	{"place": sprintf("%s (%s)", [certificate.path, certificate.subject])},
)

# Packages bring expired ones to test with.
own := [certificate |
	some certificate in input.certificates
	location := certificate.path
	not origin.of_package(location)
]

weaknesses(certificate) := {reason |
	some reason in [expired(certificate), short(certificate), old(certificate)]
	reason != ""
}

# Days compare as texts.
expired(certificate) := sprintf("was valid until %s", [last_day(certificate)]) if {
	last_day(certificate) < input.day
} else := ""

last_day(certificate) := substring(certificate.not_after, 0, 10)

short(certificate) := sprintf("has an RSA key of %d bits", [certificate.bits]) if {
	certificate.key == "rsa"
	certificate.bits > 0
	certificate.bits < 2048
} else := sprintf("has an elliptic curve of %d bits", [certificate.bits]) if {
	certificate.key == "ec"
	certificate.bits > 0
	certificate.bits < 224
} else := "has a DSA key" if {
	certificate.key == "dsa"
} else := ""

# Nobody relies on the signature that an authority gives itself.
old(certificate) := sprintf("is signed with %s", [certificate.signature]) if {
	regex.match(`sha1|sha-1|md5|md2`, lower(certificate.signature))
	location := certificate.path
	not is_anchor(location)
} else := ""

is_anchor(location) if {
	some folder in data.lists.trust_anchors.folders
	startswith(location, folder)
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
