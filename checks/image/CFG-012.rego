# METADATA
# title: The environment points to credentials in the image
# description: >
#   A variable names a file of credentials, and the file is in the image, so it travels wherever the image goes.
# custom:
#   id: CFG-012
#   severity: high
#   family: image
#   input: image/v1
#   needs: [config.env, files]
#   optional: [file_counts]
#   remedy: Delete the file from the build, revoke what it held, and mount the new one when the container starts.
#   aliases: [DS-0031]
#   standards:
#     cis-docker: ["4.10"]
package plimsoll.checks.cfg_012

import data.plimsoll.lib.noted
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("config.env.%s", [entry.name]), message) if {
	some entry in input.config.env
	name := entry.name
	not is_public(name)
	some part in split(entry.value, ":")
	startswith(part, "/")
	some meant in meanings(name, path.clean(part))
	some topic in ["credential-name", "keystore"]
	some file in noted.visible(input.files, topic)
	path.clean(file.path) == meant
	message := sprintf("%s points to %s, which is in the image", [name, meant])
}

not_assessed contains reason if {
	some topic in ["credential-name", "keystore"]
	noted.is_cut(input.files, input.file_counts, topic)
	reason := sprintf("the image has more files of the kind %s than are told of", [topic])
}

known := data.lists["credential-variables"]

# Certificates and the stores that hold them are for everybody to read.
is_public(name) if {
	words := {word | some word in split(upper(name), "_")}
	count(words & {word | some word in known.public_words}) > 0
	count(words & {word | some word in known.key_words}) == 0
}

# Some variables name the folder.
meanings(name, value) := {value, concat("/", [value, known.folders[name]])} if known.folders[name]

meanings(name, value) := {value} if not known.folders[name]
