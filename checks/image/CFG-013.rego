# METADATA
# title: Volume over a folder of the system
# description: >
#   A volume on a folder of the kernel, of devices or of the system's own programs hides what belongs there, and invites
#   the host's own folder to be mounted in its place.
# custom:
#   id: CFG-013
#   severity: high
#   family: image
#   input: image/v1
#   needs: [config.volumes]
#   remedy: Keep data in a folder of its own, such as `/var/lib/app` or `/data`, and declare the volume there.
#   aliases: [DKL-DI-0002]
#   standards:
#     nist-800-53: [CM-6]
#     nist-800-190: [4.1.2]
#     cis-docker: ["5.6"]
#     fedramp: [hardened-images]
#     iso-27001: [A.8.9]
package plimsoll.checks.cfg_013

import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("config.volumes.%s", [folder]), message) if {
	some volume in input.config.volumes
	folder := path.clean(volume)
	is_system(folder)
	message := sprintf("%s is a volume, and a folder of the system", [folder])
}

folders := data.lists["system-folders"].volumes

is_system(folder) if folder in folders.whole

is_system(folder) if {
	some system in folders.within
	path.is_within(folder, system)
}
