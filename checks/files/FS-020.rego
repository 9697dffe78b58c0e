# METADATA
# title: Files that let others in, or log in by themselves
# description: >
#   Files such as `.rhosts` let whole hosts in without a password. `.netrc` keeps passwords that programs send without
#   asking.
# custom:
#   id: FS-020
#   severity: high
#   family: files
#   input: image/v1
#   needs: [files, gaps]
#   remedy: Delete the file; give credentials at run time.
package plimsoll.checks.fs_020

import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in origin.each(input.files, "host-trust")
	file.kind == "file"
	file.size > 0
	message := origin.told(file, sprintf("%s lets other hosts in without a password", [file.path]))
}

deny contains result.file(file, message) if {
	some file in origin.each(input.files, "credential-name")
	path.name(file.path) in {".netrc", "_netrc"}
	file.kind == "file"
	file.size > 0
	location := file.path
	not origin.of_package(location)
	message := origin.told(file, sprintf("%s keeps logins for other hosts", [location]))
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
