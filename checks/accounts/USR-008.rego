# METADATA
# title: Tools to become another account are installed
# description: >
#   A container has one task and one account. sudo, su and their like run as root for whoever calls them, and each had
#   flaws that gave root away.
# custom:
#   id: USR-008
#   severity: low
#   family: accounts
#   input: image/v1
#   needs: [files]
#   remedy: >
#     Remove them in the build; start as the account that the program needs, or change to it with `setpriv` or `gosu`.
#   aliases: [DKL-DI-0001]
#   standards:
#     disa-container: [CCI-002235b]
package plimsoll.checks.usr_008

import data.plimsoll.lib.noted
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in noted.programs(input.files, "privilege-tool")
	message := sprintf("%s is installed", [path.name(file.path)])
}
