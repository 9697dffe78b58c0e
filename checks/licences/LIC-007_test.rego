package plimsoll.checks.lic_007_test

import data.plimsoll.checks.lic_007
import rego.v1

package_with(notice) := {
	"name": "left-pad", "purl": "pkg:npm/left-pad@1.3.0", "path": "app/x", "layer": 2, "notice": notice,
}

test_denies_one_without if {
	count(lic_007.deny) == 1 with input as {"licence_texts": [package_with(false)]}
}

test_allows_one_with_it if {
	count(lic_007.deny) == 0 with input as {"licence_texts": [package_with(true), package_with(null)]}
}
