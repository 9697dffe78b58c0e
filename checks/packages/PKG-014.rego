# METADATA
# title: Nothing tells what is installed
# description: >
#   Without the distribution's name or its list of packages a scan cannot know what is there, and what it does not find
#   is no good news.
# custom:
#   id: PKG-014
#   severity: medium
#   family: packages
#   input: image/v1
#   needs: [os, packages, files]
#   remedy: Keep `etc/os-release` and the package database in the image, or give an SBOM to the scan.
#   standards:
#     nist-800-53: [CM-8, RA-5, RA-5(3), RA-5(5)]
#     nist-800-190: [4.1.1]
#     pci-dss: [6.3.1, 6.3.2]
#     fedramp: [image-scanning, scanner-configuration]
#     eu-cra: [I-II-1]
package plimsoll.checks.pkg_014

import data.plimsoll.lib.noted
import data.plimsoll.lib.result
import rego.v1

deny contains result.at("os.package_database", message) if {
	is_string(id)
	input.os.package_database == false
	message := sprintf("the distribution is %s, and no list of its packages is there", [id])
}

deny contains result.at("os.id", "there are packages of a distribution, and nothing says of which") if {
	not is_string(id)
	input.os.package_database == true
}

deny contains result.at("os.id", "programs of a distribution are there, and neither its name nor its packages") if {
	is_bare
	looks_like_a_system
}

deny contains result.at("packages", "nothing in the image could be recognised") if {
	is_bare
	not looks_like_a_system
	count(input.packages) == 0
}

expected contains text if {
	is_bare
	not looks_like_a_system
	count(input.packages) > 0
	text := sprintf("there is no distribution; recognised packages of programs: %d", [count(input.packages)])
}

id := object.get(input.os, "id", null)

is_bare if {
	not is_string(id)
	input.os.package_database == false
}

looks_like_a_system if {
	some topic in ["package-manager", "shell"]
	count(noted.visible(input.files, topic)) > 0
}
