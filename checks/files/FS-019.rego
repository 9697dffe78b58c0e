# METADATA
# title: Logs and temporary files of the build
# description: >
#   They are of no use in a container, take room, and tell of the machine that built the image.
# custom:
#   id: FS-019
#   severity: negligible
#   family: files
#   input: image/v1
#   needs: [files, file_counts, gaps]
#   remedy: Delete them in the step that makes them, or use a cache mount.
package plimsoll.checks.fs_019

import data.plimsoll.lib.gap
import data.plimsoll.lib.noted
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

hits contains result.file(file, message) if {
	some topic in ["log", "temporary"]
	some file in noted.visible(input.files, topic)
	file.size > 0
	not origin.of_base(file)
	message := sprintf("%s, of %d bytes, was left by the build", [file.path, file.size])
}

expected contains message if {
	files := [file |
		some topic in ["log", "temporary"]
		some file in noted.visible(input.files, topic)
		origin.of_base(file)
	]
	count(files) > 0
	message := sprintf("%d of the distribution itself, %s among them", [count(files), files[0].path])
}

deny contains hit if some hit in hits

# The document lists only so many files of a kind.
deny contains result.at("files.log", message) if {
	count(hits) > 0
	message := origin.unlisted(input.files, input.file_counts, "log", "logs")
}

not_assessed contains message if {
	message := origin.unlisted(input.files, input.file_counts, "log", "logs")
}

# The document lists only so many files of a kind.
deny contains result.at("files.temporary", message) if {
	count(hits) > 0
	message := origin.unlisted(input.files, input.file_counts, "temporary", "temporary files")
}

not_assessed contains message if {
	message := origin.unlisted(input.files, input.file_counts, "temporary", "temporary files")
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
