# METADATA
# title: The base image is not named by digest
# description: >
#   A tag can mean another image tomorrow. Whoever builds again gets something else, and whoever can push the tag decides
#   what.
# custom:
#   id: BLD-017
#   severity: medium
#   family: build
#   input: image/v1
#   needs: [bases]
#   remedy: >
#     Write `FROM name:tag@sha256:…`, and let a bot raise it. Where nothing but labels tell of the base, one that names its
#     digest (`org.opencontainers.image.base.digest`) counts.
#   aliases: [DS-0001]
#   standards:
#     nist-800-53: [CM-2]
#     cis-docker: ["4.2"]
#     iso-27001: [A.8.32]
#     soc-2: [CC8.1]
package plimsoll.checks.bld_017

import data.plimsoll.lib.result
import rego.v1

deny contains result.at(sprintf("bases.%s", [base.name]), message) if {
	some base in told
	base.pinned == false
	message := sprintf("%s:%s is not named by digest (said by the %s)", [base.name, base.tag, base.said_by])
}

# Provenance tells what the build asked for, labels what their author wrote.
told := [base | some base in input.bases; base.said_by == "provenance"] if has_provenance

told := input.bases if not has_provenance

has_provenance if {
	some base in input.bases
	base.said_by == "provenance"
}

not_assessed contains "neither a label nor provenance says what it was built on" if count(input.bases) == 0
