# METADATA
# title: Client or socket of a container engine
# description: >
#   With the engine's socket mounted, its client starts a container that owns the host. A client in the image invites to
#   mount the socket.
# custom:
#   id: FS-012
#   severity: medium
#   family: files
#   input: image/v1
#   needs: [files, gaps]
#   remedy: Remove the client; let the orchestrator start containers, or build images with a tool that needs no engine.
#   standards:
#     cis-docker: ["5.32"]
package plimsoll.checks.fs_012

import data.plimsoll.lib.gap
import data.plimsoll.lib.noted
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in noted.programs(input.files, "engine-client")
	message := sprintf("%s, a program of a container engine, is installed", [path.name(file.path)])
}

deny contains result.file(file, message) if {
	some file in noted.visible(input.files, "engine-socket")
	message := sprintf("%s is in the place of an engine's socket", [file.path])
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
