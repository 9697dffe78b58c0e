# METADATA
# title: Verification turned off while building
# description: >
#   Certificates and signatures are what ties a download to who made it. A build that skips them takes whatever the
#   network gives, and the result is in every container.
# custom:
#   id: BLD-008
#   severity: high
#   family: build
#   input: image/v1
#   needs: [steps]
#   remedy: >
#     Take out the switch, and install the certificate or the key that is missing.
#   standards:
#     cis-docker: ["4.11"]
#     nist-800-53: [SI-7(15)]
package plimsoll.checks.bld_008

import data.plimsoll.lib.build
import data.plimsoll.lib.result
import rego.v1

deny contains result.step(found.step, message) if {
	some found in build.commands(input.steps)
	some switch in found.command.arguments
	turns_off(found.command, switch)
	message := sprintf("%s runs with %s", [found.command.program, switch])
}

deny contains result.step(found.step, message) if {
	some found in build.commands(input.steps)
	some index, word in found.command.arguments
	next := found.command.arguments[index + 1]
	[word, lower(next)] in pairs
	message := sprintf("%s runs with %s %s", [found.command.program, word, next])
}

deny contains result.step(found.step, message) if {
	some found in build.commands(input.steps)
	some assignment in array.concat(found.command.assignments, exported(found.command))
	lower(assignment) in variables
	message := sprintf("%s is set", [assignment])
}

exported(command) := command.arguments if command.program == "export"

exported(command) := [] if command.program != "export"

turns_off(command, switch) if switch in switches[command.program]

turns_off(command, switch) if {
	command.program == "curl"
	regex.match(`^-[a-zA-Z]*k[a-zA-Z]*$`, switch)
}

turns_off(command, switch) if {
	build.manager(command) in {"apt", "dnf"}
	lower(switch) in {
		"--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories", "--nogpgcheck", "--no-gpgchecks",
	}
}

turns_off(command, switch) if {
	build.manager(command) == "apt"
	regex.match(
		`acquire::allowinsecurerepositories=(true|1)|https::verify-peer=(false|0)|apt::get::allowunauthenticated=(true|1)`,
		lower(switch),
	)
}

turns_off(command, switch) if {
	build.manager(command) == "dnf"
	regex.match(`^--setopt=.*(gpgcheck|sslverify)=(0|false)$`, switch)
}

# A source that apt is to trust without a signature.
turns_off(_, switch) if regex.match(`\[[^\]]*trusted=yes[^\]]*\]`, switch)

switches := {
	"curl": {"--insecure", "--proxy-insecure"},
	"wget": {"--no-check-certificate"},
	"apk": {"--allow-untrusted"},
	"rpm": {"--nosignature", "--nodigest", "--nogpgcheck"},
	"zypper": {"--no-gpg-checks"},
	"pip": {"--trusted-host"},
	"pip3": {"--trusted-host"},
	"uv": {"--allow-insecure-host"},
	"gem": {"--no-verify"},
	"npm": {"--strict-ssl=false", "--no-strict-ssl"},
	"yarn": {"--strict-ssl=false"},
	"composer": {"--no-secure-http"},
	"dpkg": {"--force-bad-verify", "--no-debsig"},
}

pairs := {
	["strict-ssl", "false"],
	["http.sslVerify", "false"],
	["http.sslverify", "false"],
	["-c", "http.sslverify=false"],
	["ssl_verify", "false"],
}

variables := {
	"node_tls_reject_unauthorized=0",
	"git_ssl_no_verify=1",
	"git_ssl_no_verify=true",
	"pythonhttpsverify=0",
	"npm_config_strict_ssl=false",
	"gonosumcheck=1",
	"gonosumdb=*",
	"goflags=-insecure",
	"gosumdb=off",
	"rpm_nosignature=1",
}

not_assessed contains reason if some reason in build.undecided(input.steps)
