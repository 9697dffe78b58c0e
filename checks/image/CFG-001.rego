# METADATA
# title: Runs as root
# description: >
#   The image does not say otherwise, so its processes start with user id 0. Whoever takes one over owns every file of
#   the container, and a flaw of the kernel or the runtime gives root on the host.
# custom:
#   id: CFG-001
#   severity: high
#   family: image
#   input: image/v1
#   needs: [config.user]
#   remedy: Create an account in the build and end it with a numeric USER, for example `USER 10001:10001`.
#   aliases: [CIS-DI-0001, DS-0002]
#   standards:
#     cis-docker: ["4.1"]
#     disa-container: [CCI-002235a]
#     eu-cra: [I-I-2-b]
#     fedramp: [hardened-images]
#     hipaa: ["164.312(a)(1)"]
#     iso-27001: [A.8.2]
#     nist-800-190: ["4.1.2"]
#     nist-800-53: [AC-6]
#     nsa-cisa: [non-root-images]
#     pci-dss: ["2.2.1"]
#     pod-security-restricted: [image-ready]
#     soc-2: [CC6.1]
package plimsoll.checks.cfg_001

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("config.user", message) if {
	input.config.user.uid == 0
	message := sprintf("%s, which is user id 0", [named])
}

not_assessed contains reason if {
	uid := object.get(input.config.user, "uid", null)
	not is_number(uid)
	reason := sprintf("%s, whose user id is not known", [named])
}

named := "the image names no user" if input.config.user.raw == ""

named := sprintf("the configured user is %q", [input.config.user.raw]) if input.config.user.raw != ""
