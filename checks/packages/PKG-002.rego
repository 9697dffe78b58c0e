# METADATA
# title: Shell in the image
# description: >
#   Most attacks start a shell first. An image that runs one program seldom needs one.
# custom:
#   id: PKG-002
#   severity: negligible
#   family: packages
#   input: image/v1
#   needs: [files]
#   remedy: Build on a base without a shell; look into running containers with a debug container.
package plimsoll.checks.pkg_002

import data.plimsoll.lib.noted
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in noted.programs(input.files, "shell")
	message := sprintf("the shell %s is installed", [path.name(file.path)])
}
