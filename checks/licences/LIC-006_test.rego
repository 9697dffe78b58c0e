package plimsoll.checks.lic_006_test

import data.plimsoll.checks.lic_006
import rego.v1

package_with(declared, detected, agree) := {
	"name": "left-pad", "purl": "pkg:npm/left-pad@1.3.0", "path": "app/node_modules/left-pad/package.json", "layer": 2,
	"declared": declared, "detected": detected, "agree": agree, "notice": true,
}

test_denies_a_difference if {
	some hit in lic_006.deny with input as {"licence_texts": [package_with("MIT", "GPL-3.0-only", false)]}
	hit.message == "left-pad says MIT, its text is GPL-3.0-only"
}

test_allows_agreement_and_what_is_not_known if {
	every entry in [package_with("MIT", "MIT", true), package_with("", "MIT", false), package_with("MIT", "", false)] {
		count(lic_006.deny) == 0 with input as {"licence_texts": [entry]}
	}
}
