package plimsoll.checks.fs_034_test

import data.plimsoll.checks.fs_034
import rego.v1

on := {"FS-034": {"required": true}}

module := {"name": "openssl-fips-provider", "presence": "installed"}

policy := {"etc/crypto-policies/config": {"path": "etc/crypto-policies/config", "lines": ["FIPS"]}}

test_denies_none if {
	count(fs_034.deny) == 1 with input as {"packages": [], "configurations": policy} with data.params as on
}

test_denies_one_that_is_off if {
	count(fs_034.deny) == 1 with input as {"packages": [module], "configurations": {}} with data.params as on
}

test_expects_one_that_is_on if {
	document := {"packages": [module], "configurations": policy}
	count(fs_034.deny) == 0 with input as document with data.params as on
	count(fs_034.expected) == 1 with input as document with data.params as on
}

test_does_not_assess_unless_asked if {
	document := {"packages": [], "configurations": {}}
	count(fs_034.not_assessed) == 1 with input as document with data.params as {"FS-034": {"required": false}}
	count(fs_034.deny) == 0 with input as document with data.params as {"FS-034": {"required": false}}
}
