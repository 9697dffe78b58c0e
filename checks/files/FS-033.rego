# METADATA
# title: Program that belongs to no package
# description: >
#   Nobody knows its version, so nobody can say which vulnerabilities it has, and no update reaches it. Looked at are ELF
#   programs in `bin` and `sbin` of the root, of `usr` and of `usr/local`; one that says itself what it is, by build info
#   or a version that is known, is fine, and so is what an SBOM in its folder names.
# custom:
#   id: FS-033
#   severity: low
#   family: files
#   input: image/v1
#   needs: [unpackaged]
#   remedy: Install it as a package, or attach an SBOM that names it.
#   standards:
#     nist-800-53: [CM-7(5), CM-8(3)]
package plimsoll.checks.fs_033

import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in input.unpackaged
	message := sprintf("%s belongs to no package", [file.path])
}
