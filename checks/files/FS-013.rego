# METADATA
# title: Device node in a layer
# description: >
#   Where a container may use devices, a node in the image opens the disk or the memory of the host, whatever its
#   runtime would have offered.
# custom:
#   id: FS-013
#   severity: high
#   family: files
#   input: image/v1
#   needs: [files, gaps]
#   remedy: Delete the node in the step that makes it; runtimes make the harmless ones by themselves.
package plimsoll.checks.fs_013

import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in origin.each(input.files, "device")
	not is_harmless(file)
	message := origin.told(file, sprintf("%s is a %s with mode %s", [file.path, replace(file.kind, "-", " "), file.octal]))
}

expected contains message if {
	some file in origin.each(input.files, "device")
	is_harmless(file)
	message := sprintf("%s is a device that every container has", [file.path])
}

is_harmless(file) if {
	file.kind == "character-device"
	file.path in data.lists.device_nodes.harmless
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
