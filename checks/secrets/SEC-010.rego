# METADATA
# title: Key store in the image
# description: >
#   A key store holds private keys. Its password is often a word, and never far from it.
# custom:
#   id: SEC-010
#   severity: medium
#   family: secrets
#   input: image/v1
#   needs: [secrets, files, file_counts, gaps]
#   remedy: Mount the key store at run time; keep in the image only the certificates to trust.
#   aliases: [CIS-DI-0010]
#   standards:
#     nist-800-53: [SC-28]
package plimsoll.checks.sec_010

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.id == "SEC-010"
}

hits contains result.file(file, message) if {
	some file in origin.each(input.files, "keystore")
	file.kind == "file"
	file.size > 0
	not is_known(file)
	location := file.path
	not origin.of_package(location)
	not origin.of_base(file)
	not is_trust_store(location)
	message := origin.told(file, sprintf("%s is a key store by its name", [location]))
}

# A secret was found in it, and is told by the check for its kind.
is_known(file) if {
	some entry in input.secrets
	entry.path == file.path
}

expected contains message if {
	some file in origin.each(input.files, "keystore")
	location := file.path
	is_trust_store(location)
	message := sprintf("%s holds certificates to trust, by its name", [location])
}

is_trust_store(location) if {
	name := lower(path.name(location))
	some word in data.lists.public_keys.trust_words
	contains(name, word)
}

deny contains hit if some hit in hits

# The document lists only so many files of a kind.
deny contains result.at("files.keystore", message) if {
	count(hits) > 0
	message := origin.unlisted(input.files, input.file_counts, "keystore", "key stores")
}

not_assessed contains message if {
	message := origin.unlisted(input.files, input.file_counts, "keystore", "key stores")
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
