package plimsoll.checks.pkg_012_test

import data.plimsoll.checks.pkg_012
import rego.v1

npm(name, version) := {
	"name": name, "version": version, "ecosystem": "npm", "system": false, "presence": "installed",
	"purl": sprintf("pkg:npm/%s@%s", [name, version]), "path": "app/package-lock.json", "layer": 3,
}

rules := {"PKG-012": {"denied": ["leftpad", "pkg:npm/event-stream@3.3.6", "pkg:npm/request"]}}

test_denies_names_and_urls if {
	document := {"packages": [npm("leftpad", "1.0.0"), npm("event-stream", "3.3.6"), npm("request", "2.88.2")]}
	places := {hit.place | some hit in pkg_012.deny} with input as document with data.params as rules
	places == {"leftpad", "event-stream", "request"}
}

test_allows_others if {
	document := {"packages": [npm("left-pad", "1.0.0"), npm("event-stream", "4.0.1"), npm("request-ip", "2.0.0")]}
	count(pkg_012.deny) == 0 with input as document with data.params as rules
	count(pkg_012.not_assessed) == 0 with input as document with data.params as rules
}

test_does_not_assess_without_a_list if {
	count(pkg_012.deny) == 0 with input as {"packages": [npm("request", "2.88.2")]}
	count(pkg_012.not_assessed) == 1 with input as {"packages": []}
}
