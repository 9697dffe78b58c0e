# METADATA
# title: No validated module for cryptography
# description: >
#   Some customers may only buy what encrypts with a module that a laboratory validated. This image has none, or does
#   not switch it on.
# custom:
#   id: FS-034
#   severity: medium
#   family: files
#   input: image/v1
#   needs: [packages, configurations, gaps]
#   remedy: Build on a base with a validated module and FIPS mode. Set `params.required` where this is asked for.
#   standards:
#     nist-800-53: [SC-13]
#     disa-container: [baseline]
#     iso-27001: [A.8.24]
#   params:
#     required: false
package plimsoll.checks.fs_034

import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import data.plimsoll.lib.text
import rego.v1

required := data.params["FS-034"].required

deny contains result.at("packages", "no package brings a module that is meant to be validated") if {
	required == true
	count(modules) == 0
}

deny contains result.at("configurations", message) if {
	required == true
	count(modules) > 0
	count(switches) == 0
	message := sprintf("%s is installed, but no setting switches it on", [concat(", ", modules)])
}

not_assessed contains "nobody asks for a validated module (params.required)" if required != true

# Whether this version was validated stands in the list of the laboratory's state, not in the image.
expected contains message if {
	required == true
	count(modules) > 0
	count(switches) > 0
	message := sprintf("%s is installed and switched on; see whether this version was validated", [concat(", ", modules)])
}

modules := sort({entry.name |
	some entry in input.packages
	entry.presence == "installed"
	text.like_any(data.lists.fips_modules.packages, entry.name)
})

switches := {file.path |
	some file in input.configurations
	some line in file.lines
	is_switch(file.path, line)
}

is_switch(location, line) if {
	startswith(location, "etc/crypto-policies/")
	startswith(trim_space(line), "FIPS")
}

is_switch(location, line) if {
	endswith(location, "/openssl.cnf")
	contains(line, "fips")
	regex.match(
		`^[ \t]*(default_properties[ \t]*=.*fips=yes|fips[ \t]*=[ \t]*fips_sect|[.]include.*fipsmodule[.]cnf)`,
		line,
	)
}

# Java takes its provider by name.
is_switch(location, line) if {
	endswith(location, "/java.security")
	contains(line, "BouncyCastleFipsProvider")
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
