# METADATA
# title: Works in a folder of the system, or in none for sure
# description: >
#   What the program writes without a full path lands in its working directory. In a folder of the system that changes
#   the system; a relative one depends on what the base image says.
# custom:
#   id: CFG-015
#   severity: medium
#   family: image
#   input: image/v1
#   needs: [config.workdir]
#   remedy: Set WORKDIR to an absolute folder of the application, such as `/app`.
#   aliases: [DS-0009, DS-0030]
package plimsoll.checks.cfg_015

import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.at("config.workdir", message) if {
	workdir != ""
	not is_absolute(workdir)
	message := sprintf("the working directory %q is not absolute", [workdir])
}

deny contains result.at("config.workdir", message) if {
	is_absolute(workdir)
	is_system(path.clean(workdir))
	message := sprintf("the working directory %s is a folder of the system", [path.clean(workdir)])
}

workdir := input.config.workdir

folders := data.lists["system-folders"].workdirs

# A drive of Windows is absolute too.
is_absolute(text) if regex.match(`^(/|[A-Za-z]:)`, text)

is_system(folder) if folder in folders.whole

is_system(folder) if {
	some system in folders.within
	path.is_within(folder, system)
}
