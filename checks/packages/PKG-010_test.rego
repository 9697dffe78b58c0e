package plimsoll.checks.pkg_010_test

import data.plimsoll.checks.pkg_010
import rego.v1

deb(name, origin, maintainer) := {
	"name": name, "ecosystem": "deb", "system": true, "presence": "installed", "origin": origin,
	"maintainer": maintainer, "purl": sprintf("pkg:deb/debian/%s", [name]), "path": "var/lib/dpkg/status", "layer": 1,
}

ours := {"PKG-010": {"approved": ["NGINX Packaging *"]}}

nginx := deb("nginx", "third-party", "NGINX Packaging <nginx-packaging@f5.com>")

docker := deb("docker-ce-cli", "third-party", "Docker <support@docker.com>")

bash := deb("bash", "vendor", "Matthias Klose <doko@debian.org>")

test_denies_others if {
	places := {hit.place | some hit in pkg_010.deny} with input as {"packages": [bash, nginx, docker]}
		with data.params as ours
	places == {"docker-ce-cli"}
}

test_allows_the_distribution if {
	pip := {"name": "requests", "ecosystem": "pypi", "system": false, "presence": "installed", "origin": "unknown"}
	count(pkg_010.deny) == 0 with input as {"packages": [bash, pip]}
	count(pkg_010.not_assessed) == 0 with input as {"packages": [bash, pip]}
}

test_allows_approved_ones if {
	count(pkg_010.deny) == 0 with input as {"packages": [bash, nginx]} with data.params as ours
	count(pkg_010.not_assessed) == 0 with input as {"packages": [bash, nginx]} with data.params as ours
}

test_does_not_assess_without_a_list if {
	count(pkg_010.deny) == 0 with input as {"packages": [bash, docker]}
	count(pkg_010.not_assessed) == 1 with input as {"packages": [bash, docker]}
}

test_does_not_assess_one_that_does_not_tell if {
	document := {"packages": [object.remove(docker, ["maintainer"])]}
	count(pkg_010.deny) == 0 with input as document with data.params as ours
	count(pkg_010.not_assessed) == 1 with input as document with data.params as ours
}
