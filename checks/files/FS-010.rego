# METADATA
# title: SSH host key in the image
# description: >
#   Every container of the image has the same identity, and whoever pulls the image has its private key and can pose as
#   any of them.
# custom:
#   id: FS-010
#   severity: high
#   family: files
#   input: image/v1
#   needs: [files, gaps]
#   remedy: >
#     Delete the keys in the step that installs the server (`rm etc/ssh/ssh_host_*`), make them at first start, or drop
#     the server.
#   standards:
#     nist-800-53: [IA-5]
#     cis-docker: ["5.7"]
package plimsoll.checks.fs_010

import data.plimsoll.lib.gap
import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in origin.each(input.files, "host-key")
	file.kind == "file"
	file.size > 0
	not is_test_data(file)
	message := origin.told(file, sprintf("%s is the private key of a host", [file.path]))
}

# Packages for SSH have keys to test with.
is_test_data(file) if origin.of_package(file.path)

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
