# METADATA
# title: Program in a scratch or hidden place
# description: >
#   No build puts programs into a folder for scratch files, or into a hidden one of no known tool. Who breaks in does.
# custom:
#   id: FS-030
#   severity: high
#   family: files
#   input: image/v1
#   needs: [files, file_counts, gaps]
#   remedy: Find out which step brings the file, and remove it; install programs where the system keeps them.
#   standards:
#     nist-800-190: ["4.1.3"]
package plimsoll.checks.fs_030

import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

hits contains rated(file, result.file(file, message)) if {
	some file in origin.each(input.files, "scratch-executable")
	file.kind == "file"
	file.size > 0
	is_program(file.path)
	location := file.path
	not origin.of_package(location)
	not is_of_tool(location)
	message := origin.told(file, sprintf("%s may be executed (mode %s)", [location, file.octal]))
}

# Builds that clean up in another step leave such files behind.
rated(file, hit) := result.rated(hit, "low") if file.hidden

rated(file, hit) := hit if not file.hidden

is_of_tool(location) if {
	some part in path.parts(location)
	part in data.lists.scratch_programs.tools
}

# Everything that a Windows machine copies may be executed, so the name has to fit as well.
is_program(location) if {
	name := path.name(location)
	not contains(name, ".")
}

is_program(location) if {
	parts := split(path.name(location), ".")
	lower(parts[count(parts) - 1]) in data.lists.scratch_programs.endings
}

deny contains hit if some hit in hits

# The document lists only so many files of a kind.
deny contains result.at("files.scratch-executable", message) if {
	count(hits) > 0
	message := origin.unlisted(input.files, input.file_counts, "scratch-executable", "programs in such places")
}

not_assessed contains message if {
	message := origin.unlisted(input.files, input.file_counts, "scratch-executable", "programs in such places")
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
