# METADATA
# title: File of a package was changed
# description: >
#   The package manager says one thing and the file is another: somebody patched or replaced it, and neither version nor
#   vulnerabilities of the package say anything about it any more. Looked at are files below `bin`, `sbin`, `lib*`, `opt` and
#   their like in `usr` that a later layer than the package's brought, by the checksums of dpkg, rpm and apk; a link in the
#   place of a file is a change. Not assessed where dpkg's lists are gone or were changed after the package was installed.
#   Not looked at are settings, compiled Python, files that are gone, and what was changed in the layer that installed the
#   package.
# custom:
#   id: FS-032
#   severity: high
#   family: files
#   input: image/v1
#   needs: [altered, altered_uncompared]
#   remedy: Install the package again; where the change is meant, build a package of your own with it.
#   standards:
#     nist-800-53: [SI-7, SI-7(1), SR-11]
#     cis-docker: ["4.11"]
#     pci-dss: [11.5.2]
#     soc-2: [CC6.8]
#     hipaa: [164.312(c)(1)]
#     eu-cra: [I-I-2-f]
package plimsoll.checks.fs_032

import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in input.altered
	message := sprintf("%s is not as the package %s brought it", [file.path, file.package])
}

not_assessed contains message if {
	input.altered_uncompared > 0
	message := sprintf("%d files that a later layer replaced, or lists of packages' files that it changed, could not be compared", [input.altered_uncompared])
}
