# METADATA
# title: Compiler or headers in the image
# description: >
#   A compiler turns the source of an exploit into one that fits, and neither it nor headers are needed to run a
#   program.
# custom:
#   id: PKG-006
#   severity: low
#   family: packages
#   input: image/v1
#   needs: [files, packages]
#   remedy: Compile in an earlier stage, and copy only what was made into the last.
#   standards:
#     nist-800-53: [CM-7]
#     nist-800-190: [4.1.2]
#     cis-docker: ["4.3"]
#     pci-dss: [2.2.4]
#     disa-container: [CCI-000381b, baseline]
package plimsoll.checks.pkg_006

import data.plimsoll.lib.noted
import data.plimsoll.lib.path
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in noted.programs(input.files, "compiler")
	message := sprintf("the compiler or build tool %s is installed", [path.name(file.path)])
}

# There are often a hundred, of one cause: one result for all.
deny contains result.at("packages", message) if {
	count(headers) > 0
	shown := concat(", ", array.slice(headers, 0, 3))
	message := sprintf("packages to build with are installed (%d): %s%s", [count(headers), shown, more])
}

more := "…" if count(headers) > 3

more := "" if count(headers) <= 3

headers := sort([package_name |
	some entry in input.packages
	entry.system
	entry.presence == "installed"
	package_name := entry.name
	regex.match(`-(dev|devel)$`, package_name)
])
