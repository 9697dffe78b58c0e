# METADATA
# title: File named like a credential
# description: >
#   Files of this name hold logins or keys as a rule. This one has none that could be made out, and may have one all the
#   same.
# custom:
#   id: SEC-011
#   severity: medium
#   family: secrets
#   input: image/v1
#   needs: [secrets, files, file_counts, gaps]
#   optional: [certificates]
#   remedy: Look into it; mount what is secret at run time, and list the file in `.dockerignore`.
#   aliases: [CIS-DI-0010]
package plimsoll.checks.sec_011

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.id == "SEC-011"
}

hits contains result.file(file, message) if {
	some file in origin.each(input.files, "credential-name")
	file.kind == "file"
	file.size > 0
	not is_known(file)
	location := file.path
	not origin.of_package(location)
	not origin.of_base(file)
	not is_public(file)
	message := origin.told(file, sprintf("%s is named like a credential", [location]))
}

# A secret was found in it, and is told by the check for its kind.
is_known(file) if {
	some entry in input.secrets
	entry.path == file.path
}

# FS-020 tells of logins for other hosts.
is_public(file) if path.name(file.path) in {".netrc", "_netrc"}

is_public(file) if file.path in data.lists.public_keys.paths

is_public(file) if {
	some folder in data.lists.public_keys.folders
	startswith(file.path, folder)
}

# Most files that end so hold certificates, and a key beside one is found by what it holds.
is_public(file) if {
	some certificate in object.get(input, "certificates", [])
	certificate.path == file.path
}

deny contains hit if some hit in hits

# The document lists only so many files of a kind.
deny contains result.at("files.credential-name", message) if {
	count(hits) > 0
	message := origin.unlisted(input.files, input.file_counts, "credential-name", "files named like credentials")
}

not_assessed contains message if {
	message := origin.unlisted(input.files, input.file_counts, "credential-name", "files named like credentials")
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
