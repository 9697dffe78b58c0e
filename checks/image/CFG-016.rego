# METADATA
# title: Programs or libraries are searched for where others can write
# description: >
#   A program is taken from the first folder of the search path that has one of that name. An empty or relative entry is
#   the current folder, and in a folder that anybody may write anybody may put one.
# custom:
#   id: CFG-016
#   severity: high
#   family: image
#   input: image/v1
#   needs: [config.env, files]
#   optional: [file_counts]
#   remedy: >
#     Keep absolute folders that root owns in the variable, and no empty part: mind `:` at its ends.
#   standards:
#     nist-800-53: [CM-6]
#     pci-dss: [2.2.6]
package plimsoll.checks.cfg_016

import data.plimsoll.lib.noted
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("config.env.%s", [entry.name]), message) if {
	some entry in input.config.env
	entry.name in paths.folders
	message := told(entry, folder_flaws(entry.value))
}

# An interpreter looks into the folder of its script anyway.
deny contains result.rated(result.at(sprintf("config.env.%s", [entry.name]), message), "medium") if {
	some entry in input.config.env
	entry.name in paths.language
	message := told(entry, folder_flaws(entry.value))
}

deny contains result.at(sprintf("config.env.%s", [entry.name]), message) if {
	some entry in input.config.env
	entry.name in paths.preload
	flaws := {flaw | some part in regex.split(`[ :]+`, entry.value); flaw := writable_flaw(part)}
	message := told(entry, flaws)
}

not_assessed contains "the image has more folders that anybody may write than are told of" if {
	noted.is_cut(input.files, input.file_counts, "world-writable")
}

paths := data.lists["search-paths"]

told(entry, flaws) := sprintf("%s has %s", [entry.name, concat("; ", sort(flaws))]) if count(flaws) > 0

# Values of Windows have another form.
folder_flaws(value) := {flaw | some part in split(value, ":"); flaw := folder_flaw(part)} if {
	value != ""
	not contains(value, `\`)
}

folder_flaw(part) := "an empty entry, which is the current folder" if part == ""

# `~` and `$` were meant to be replaced; such folders are not there.
folder_flaw(part) := sprintf("%q, which depends on the current folder", [part]) if regex.match(`^[^/~$]`, part)

folder_flaw(part) := writable_flaw(part)

writable_flaw(part) := sprintf("%q, where anybody may write", [part]) if {
	startswith(part, "/")
	folder := path.clean(part)
	some writable in writable_folders
	path.is_within(folder, writable)
}

writable_folders contains folder if some folder in paths.scratch

writable_folders contains path.clean(file.path) if {
	some file in noted.visible(input.files, "world-writable")
	file.kind == "folder"
}
