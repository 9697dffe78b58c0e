# METADATA
# title: History of the source code in the image
# description: >
#   A version-control folder holds every earlier state of the source, with the secrets that were taken out of it later.
# custom:
#   id: FS-015
#   severity: medium
#   family: files
#   input: image/v1
#   needs: [files, file_counts, gaps]
#   remedy: List the folder in `.dockerignore`, or copy only what the program needs.
#   aliases: [DKL-LI-0003]
#   standards:
#     iso-27001: [A.8.12, A.8.31]
#     pci-dss: ["6.5.6"]
package plimsoll.checks.fs_015

import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

hits contains rated(file, result.file(file, message)) if {
	some file in origin.each(input.files, "version-control")
	location := file.path
	not origin.of_package(location)
	message := origin.told(file, sprintf("%s holds the history of source code", [file.path]))
}

# A folder called CVS is not always one.
rated(file, hit) := result.rated(hit, "low") if path.name(file.path) == "CVS"

rated(file, hit) := hit if path.name(file.path) != "CVS"

expected contains message if {
	some file in origin.each(input.files, "version-control")
	origin.of_package(file.path)
	message := sprintf("%s is part of a package", [file.path])
}

deny contains hit if some hit in hits

# The document lists only so many files of a kind.
deny contains result.at("files.version-control", message) if {
	count(hits) > 0
	message := origin.unlisted(input.files, input.file_counts, "version-control", "folders of version control")
}

not_assessed contains message if {
	message := origin.unlisted(input.files, input.file_counts, "version-control", "folders of version control")
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
