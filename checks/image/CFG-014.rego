# METADATA
# title: Volume where secrets are mounted
# description: >
#   Engines mount secrets at this place, in memory. A volume there is kept on disk, and so may be what is written to it.
# custom:
#   id: CFG-014
#   severity: low
#   family: image
#   input: image/v1
#   needs: [config.volumes]
#   remedy: Delete the VOLUME line.
package plimsoll.checks.cfg_014

import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("config.volumes.%s", [folder]), message) if {
	some volume in input.config.volumes
	folder := path.clean(volume)
	some mount in ["/run/secrets", "/var/run/secrets"]
	path.is_within(folder, mount)
	message := sprintf("%s is a volume, and where secrets are mounted", [folder])
}
