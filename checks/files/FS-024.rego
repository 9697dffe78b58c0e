# METADATA
# title: A library is loaded into every program
# description: >
#   What `etc/ld.so.preload` names runs inside each program of the container. It is the classic place to hide from tools
#   that list files and processes.
# custom:
#   id: FS-024
#   severity: high
#   family: files
#   input: image/v1
#   needs: [files, configurations, gaps]
#   remedy: Delete the file; set `LD_PRELOAD` for the one program that needs a library so.
#   standards:
#     nist-800-190: ["4.1.3"]
package plimsoll.checks.fs_024

import data.plimsoll.lib.gap
import data.plimsoll.lib.noted
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in noted.visible(input.files, "preload")
	file.size > 0
	not names_nothing
	message := sprintf("%s loads %s into every program", [file.path, libraries])
}

default lines := []

lines := input.configurations["etc/ld.so.preload"].lines

# What follows a `#` is a remark to the loader.
named := [name | some line in lines; name := trim_space(split(line, "#")[0]); name != ""]

names_nothing if {
	file := input.configurations["etc/ld.so.preload"]
	object.get(file, "cut", false) == false
	count(named) == 0
}

libraries := concat(", ", named) if count(named) > 0

libraries := "what it names" if count(named) == 0

not_assessed contains message if {
	some file in input.configurations
	file.path == "etc/ld.so.preload"
	file.cut
	message := sprintf("only the beginning of %s was read", [file.path])
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
