# METADATA
# title: Caches of package managers kept
# description: >
#   The index and the downloaded packages are of no use in a running container. They make every pull larger, and an
#   index that is left invites later steps to install from a list that is out of date.
# custom:
#   id: BLD-006
#   severity: low
#   family: build
#   input: image/v1
#   needs: [steps]
#   optional: [fs.package_caches]
#   remedy: >
#     Clean up in the step that installs: `rm -rf /var/lib/apt/lists/*`, `apk add --no-cache`, `dnf clean all`, `zypper
#     clean --all`; or mount a cache for the step.
#   aliases: [DKL-DI-0004, DKL-DI-0005, DS-0015, DS-0019, DS-0020, DS-0025, DS-0027]
#   standards:
#     disa-container: [CCI-002617]
package plimsoll.checks.bld_006

import data.plimsoll.lib.build
import data.plimsoll.lib.result
import rego.v1

# What lies in the layers is better evidence than what the history tells.
deny contains result.file(file, message) if {
	some file in input.fs.package_caches
	message := sprintf("a cache of a package manager with %v bytes", [object.get(file, "size", 0)])
}

deny contains result.step(step, message) if {
	not looked_at_files
	some step in build.kept(input.steps)
	some command in step.commands
	build.installs(command)
	manager := build.manager(command)
	not keeps_nothing(command)
	not cleans(step, manager)
	message := sprintf("`%s` leaves its cache behind", [build.shown(command)])
}

looked_at_files if is_array(input.fs.package_caches)

keeps_nothing(command) if "--no-cache" in command.arguments

# Images of this family are set up to throw the packages away; what stays is the index.
cleans(step, "apt") if removes(step, `^(/var/lib/apt(/lists(/.*)?|/\*)?|/var/lib/apt/lists/?\*?)$`)

cleans(step, "apk") if removes(step, `^/var/cache/apk(/.*)?$|^/etc/apk/cache|^/var/cache/\*$`)

cleans(step, "dnf") if removes(step, `^/var/cache/(yum|dnf|libdnf5|tdnf|\*)`)

cleans(step, "zypper") if removes(step, `^/var/cache/(zypp|\*)`)

cleans(step, "pacman") if removes(step, `^/var/cache/(pacman|\*)`)

cleans(step, manager) if {
	some command in step.commands
	build.manager(command) == manager
	manager != "apt"
	some word in command.arguments
	word in {"clean", "cc", "-Sc", "-Scc"}
}

removes(step, pattern) if {
	some command in step.commands
	command.program in {"rm", "find"}
	some word in command.arguments
	regex.match(pattern, word)
}

not_assessed contains reason if {
	not looked_at_files
	some reason in build.undecided(input.steps)
}
