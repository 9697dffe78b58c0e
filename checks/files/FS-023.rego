# METADATA
# title: Service manager or scheduler in the image
# description: >
#   A program that starts others hides their failures from the orchestrator, and makes one image out of several
#   services.
# custom:
#   id: FS-023
#   severity: low
#   family: files
#   input: image/v1
#   needs: [files, gaps]
#   remedy: Start one process per container; leave schedules to the orchestrator.
#   standards:
#     disa-container: [CCI-000381b]
package plimsoll.checks.fs_023

import data.plimsoll.lib.gap
import data.plimsoll.lib.noted
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in noted.programs(input.files, "service-manager")
	not noted.is_applet(file)
	message := sprintf("%s, which starts other programs, is installed", [path.name(file.path)])
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
