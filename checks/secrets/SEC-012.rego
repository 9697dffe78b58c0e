# METADATA
# title: Environment file in the image
# description: >
#   Such files hold the settings of one place where a program runs, with the passwords for it.
# custom:
#   id: SEC-012
#   severity: medium
#   family: secrets
#   input: image/v1
#   needs: [secrets, files, file_counts, gaps]
#   remedy: List it in `.dockerignore`, and give the settings at run time.
#   aliases: [CIS-DI-0010]
package plimsoll.checks.sec_012

import data.plimsoll.lib.finding
import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

deny contains result.finding(entry, finding.secret(entry)) if {
	some entry in input.secrets
	entry.id == "SEC-012"
}

hits contains result.file(file, message) if {
	some file in origin.each(input.files, "environment-file")
	file.kind == "file"
	file.size > 0
	not is_known(file)
	location := file.path
	not origin.of_package(location)
	not origin.of_base(file)
	message := origin.told(file, sprintf("%s holds the settings of an environment", [location]))
}

# A secret was found in it, and is told by the check for its kind.
is_known(file) if {
	some entry in input.secrets
	entry.path == file.path
}

deny contains hit if some hit in hits

# The document lists only so many files of a kind.
deny contains result.at("files.environment-file", message) if {
	count(hits) > 0
	message := origin.unlisted(input.files, input.file_counts, "environment-file", "environment files")
}

not_assessed contains message if {
	message := origin.unlisted(input.files, input.file_counts, "environment-file", "environment files")
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
