# METADATA
# title: Programs that download in the image
# description: >
#   With curl or wget whoever gets into a container fetches the next tool.
# custom:
#   id: PKG-003
#   severity: low
#   family: packages
#   input: image/v1
#   needs: [files]
#   remedy: Download in an earlier stage of the build, and copy what is needed into the last.
#   aliases: [DS-0014]
#   standards:
#     nist-800-53: [CM-7, CM-11]
#     cis-docker: ["4.3"]
#     pci-dss: [2.2.4]
#     disa-container: [CCI-000381b]
#     eu-cra: [I-I-2-j]
package plimsoll.checks.pkg_003

import data.plimsoll.lib.noted
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in noted.programs(input.files, "download-client")
	message := sprintf("the download program %s is installed", [path.name(file.path)])
}
