# METADATA
# title: The program can change its own code
# description: >
#   Whoever takes the program over can write themselves into it, and is there again after a restart of the process.
#   Looked at are files that may be executed or whose name ends like code, by owner and mode; they are told once for a
#   folder.
# custom:
#   id: FS-022
#   severity: low
#   family: files
#   input: image/v1
#   needs: [runtime_writable, config.user]
#   remedy: >
#     Let root own the code and copy it without rights to write; give the user folders for its data only, and mount the
#     root file system read-only.
#   standards:
#     nist-800-53: [CM-11]
#     cis-docker: ["5.13"]
#     nsa-cisa: [immutable-file-systems]
#     pod-security-restricted: [image-ready]
package plimsoll.checks.fs_022

import data.plimsoll.lib.result
import rego.v1

deny contains result.file(file, message) if {
	some file in input.runtime_writable
	message := sprintf("%s can be written by user %d, who runs it%s", [file.path, input.config.user.uid, others(file)])
}

others(file) := "" if file.files < 2

others(file) := sprintf(", and so can %d more files of code beside it", [file.files - 1]) if file.files > 1

not_assessed contains "the image runs as root, who may write everything" if input.config.user.uid == 0

not_assessed contains "the user id that the image runs as is not known" if {
	uid := object.get(input.config.user, "uid", null)
	not is_number(uid)
}
