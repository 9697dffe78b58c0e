# METADATA
# title: Built from another source than it says
# description: >
#   The label names one source, the provenance another. One of them is wrong, and with it every question of what the
#   image was made of.
# custom:
#   id: SUP-008
#   severity: medium
#   family: supply-chain
#   input: image/v1
#   needs: [evidence.provenance, config.labels]
#   remedy: Set the labels in the build from the same values that the builder writes into the provenance.
#   standards:
#     nist-800-53: [SA-10]
#     pci-dss: [6.5.1]
#     iso-27001: [A.8.32]
#     soc-2: [CC8.1]
package plimsoll.checks.sup_008

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("evidence.provenance.repository", message) if {
	some entry in input.evidence.provenance
	label := input.config.labels["org.opencontainers.image.source"]
	told := object.get(entry, "repository", "")
	told != ""
	label != ""
	plain(told) != plain(label)
	message := sprintf("it was built from %s, and its label says %s", [told, label])
}

deny contains result.at("evidence.provenance.revision", message) if {
	some entry in input.evidence.provenance
	label := input.config.labels["org.opencontainers.image.revision"]
	told := object.get(entry, "revision", "")
	told != ""
	label != ""
	not is_same(told, label)
	message := sprintf("it was built from revision %s, and its label says %s", [told, label])
}

not_assessed contains "the image has no label that names its source or revision" if {
	count({name |
		some name in ["org.opencontainers.image.source", "org.opencontainers.image.revision"]
		object.get(input.config.labels, name, "") != ""
	}) == 0
}

# One may be the beginning of the other.
is_same(told, label) if startswith(told, label)

is_same(told, label) if startswith(label, told)

# Without scheme, user, branch and ending; `git@host:path` is `host/path`.
plain(address) := regex.replace(by_path, `(\.git)?/?$`, "") if {
	lowered := lower(address)
	bare := regex.replace(regex.replace(lowered, `^(git\+)?([a-z]+://)?([^@/]*@)?`, ""), `[@#?].*$`, "")
	by_path := regex.replace(bare, `^([a-z0-9.-]+):([^0-9/])`, "${1}/${2}")
}

not_assessed contains "no provenance is attached" if count(input.evidence.provenance) == 0
