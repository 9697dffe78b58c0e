# METADATA
# title: What could not be seen
# description: >
#   Why nothing found does not mean nothing there, from the section `gaps`.
package plimsoll.lib.gap

import rego.v1

# A whole layer, database or space is missing.
blind(gaps) := {reason |
	some gap in gaps
	gap.blind
	reason := sprintf("a part of the image or of the data could not be seen: %s", [gap.message])
}

# The same for what is looked for in the image alone, where advisories that are missing do not matter.
blind_image(gaps) := blind([gap |
	some gap in gaps
	reason := object.get(gap, "reason", "")
	not reason in {"no-advisories", "data-missing", "incomparable", "unknown-distro"}
])
