# METADATA
# title: Program has Linux capabilities of its own
# description: >
#   A capability in a file's attributes is a piece of root's power that anybody who runs the file gets. Some pieces are
#   as good as all of it.
# custom:
#   id: FS-003
#   severity: high
#   family: files
#   input: image/v1
#   needs: [files, os, gaps]
#   remedy: Take them off with `setcap -r FILE`, and give the container the capability where it is needed.
#   standards:
#     nist-800-53: [AC-6, AC-6(10)]
#     cis-docker: ["4.8"]
#     disa-container: [CCI-002235b]
#     pod-security-restricted: [image-ready]
package plimsoll.checks.fs_003

import data.plimsoll.lib.gap
import data.plimsoll.lib.noted
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import data.plimsoll.lib.set_id
import rego.v1

deny contains result.file(file, message) if {
	some file in odd
	is_grave(file)
	message := told(file)
}

deny contains result.rated(result.file(file, message), "low") if {
	some file in odd
	not is_grave(file)
	message := told(file)
}

expected contains message if {
	some file in with_some
	is_usual(file)
	message := sprintf("%s, as the distribution ships it", [told(file)])
}

with_some := [file | some file in noted.visible(input.files, "capabilities"); count(file.capabilities) > 0]

odd := [file | some file in with_some; not is_usual(file)]

told(file) := sprintf("%s gives %s to whoever runs it", [file.path, concat(", ", file.capabilities)])

is_grave(file) if {
	some name in file.capabilities
	name in data.lists.set_id.grave_capabilities
}

is_usual(file) if {
	is_string(input.os.id)
	origin.of_base(file)
	set_id.below_usr(file.path) in data.lists.set_id.usual_capabilities
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
