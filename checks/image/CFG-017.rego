# METADATA
# title: Verification of certificates switched off
# description: >
#   A variable tells a program to accept any certificate. Whoever is between it and the other side can then read and
#   change everything, and nothing shows.
# custom:
#   id: CFG-017
#   severity: high
#   family: image
#   input: image/v1
#   needs: [config.env]
#   remedy: Remove the variable, and install the certificate authority that is missing.
#   standards:
#     nist-800-53: [CM-6, SC-8]
#     pci-dss: [4.2.1, 6.2.4]
#     hipaa: [164.312(e)(1)]
#     eu-cra: [I-I-2-e]
package plimsoll.checks.cfg_017

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("config.env.%s", [entry.name]), message) if {
	some entry in input.config.env
	some value in off.names[upper(entry.name)]
	switches(value, lower(entry.value))
	message := sprintf("%s=%s switches the verification of certificates off", [entry.name, entry.value])
}

deny contains result.at(sprintf("config.env.%s", [entry.name]), message) if {
	some entry in input.config.env
	some word in off.words
	contains(lower(entry.value), word)
	message := sprintf("%s has %s, which switches the verification of certificates off", [entry.name, word])
}

off := data.lists["tls-off"]

switches(value, given) if value == given

switches("*", given) if given != ""
