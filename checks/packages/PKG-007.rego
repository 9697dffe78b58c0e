# METADATA
# title: Debugger in the image
# description: >
#   A debugger reads the memory of other processes, and with it their keys and passwords.
# custom:
#   id: PKG-007
#   severity: low
#   family: packages
#   input: image/v1
#   needs: [files]
#   remedy: Remove it; attach a debug container where one is needed.
#   standards:
#     nist-800-53: [CM-7]
#     cis-docker: ["4.3"]
package plimsoll.checks.pkg_007

import data.plimsoll.lib.noted
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in noted.programs(input.files, "debugger")
	message := sprintf("the debugger %s is installed", [path.name(file.path)])
}
