# METADATA
# title: SSH server in the image
# description: >
#   It is a second way in, with keys and passwords of its own that nobody rotates. The orchestrator gives a shell where
#   one is needed, and logs who asked.
# custom:
#   id: FS-009
#   severity: high
#   family: files
#   input: image/v1
#   needs: [files, packages, gaps]
#   remedy: Remove the package; use the orchestrator's exec or a debug container.
#   standards:
#     nist-800-53: [CM-7]
#     nist-800-190: [4.1.2]
#     cis-docker: ["5.7"]
#     pci-dss: [2.2.4]
#     disa-container: [CCI-000381a]
package plimsoll.checks.fs_009

import data.plimsoll.lib.gap
import data.plimsoll.lib.noted
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in noted.programs(input.files, "ssh-server")
	message := sprintf("the SSH server %s is installed", [path.name(file.path)])
}

# Its program may lie where nobody looks.
deny contains result.of_package(entry, message) if {
	count(noted.programs(input.files, "ssh-server")) == 0
	some entry in input.packages
	entry.system
	entry.presence == "installed"
	entry.name in {"dropbear", "dropbear-bin", "openssh-server", "tinyssh"}
	message := sprintf("the package %s is installed", [entry.name])
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
