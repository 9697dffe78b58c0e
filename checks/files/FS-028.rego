# METADATA
# title: Packages are installed without being verified
# description: >
#   Without a signature or an encrypted connection, whoever sits between can hand the image any package, now and with
#   each later install.
# custom:
#   id: FS-028
#   severity: high
#   family: files
#   input: image/v1
#   needs: [configurations, gaps]
#   remedy: Remove the option, import the key of the repository and use https.
#   standards:
#     nist-800-53: [SI-7(15), SR-3]
#     cis-docker: ["4.11"]
#     disa-container: [operating-system]
package plimsoll.checks.fs_028

import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

# A file is told once, with the first of its lines.
deny contains result.line(file.path, first, message) if {
	some file in managers
	by_line := {[index + 1, reason] |
		some index, line in file.lines
		some reason in apt(file.path, line) | pip(file.path, line)
	}
	found := by_line | rpm(file)
	count(found) > 0
	first := min({pair[0] | some pair in found})
	reasons := sort([reason | some reason in {pair[1] | some pair in found}])
	message := sprintf("%s: %s", [file.path, concat(", ", reasons)])
}

# The settings of package managers.
managers := [file |
	some file in input.configurations
	regex.match(`^etc/(apt|dnf|yum|zypp)|(^|/)pip[.]conf$`, file.path)
]

not_assessed contains message if {
	some file in managers
	file.cut
	message := sprintf("only the beginning of %s was read", [file.path])
}

apt(location, line) := {"packages of this source need no signature"} if {
	startswith(location, "etc/apt/sources.list")
	startswith(trim_space(line), "deb")
	some option in ["trusted=yes", "allow-insecure=yes"]
	contains(split(line, "]")[0], option)
} else := {"packages of this source need no signature"} if {
	endswith(location, ".sources")
	some name in ["Trusted:", "Allow-Insecure:"]
	startswith(line, name)
	lower(trim_space(trim_prefix(line, name))) == "yes"
} else := {"apt takes packages without a signature"} if {
	startswith(location, "etc/apt/apt.conf")
	contains(line, "Allow")
	regex.match(`^[^#/]*Allow(Unauthenticated|(DowngradeTo)?InsecureRepositories)[ \t]+"?(true|1|yes)`, line)
} else := {"apt does not look whom it talks to"} if {
	startswith(location, "etc/apt/apt.conf")
	contains(line, "Verify-")
	regex.match(`^[^#/]*Verify-(Peer|Host)[ \t]+"?(false|0|no)`, line)
} else := set()

# By section: what is said of a repository that is switched off does not count.
rpm(file) := {[(start + index) + 1, reason] |
	is_rpm(file.path)
	begins := [at | some at, line in file.lines; at > 0; startswith(trim_space(line), "[")]
	bounds := array.concat(array.concat([0], begins), [count(file.lines)])
	some number, start in bounds
	section := array.slice(file.lines, start, bounds[number + 1])
	not is_switched_off(section)
	some index, line in section
	some reason in weak(line)
}

weak(line) := {"packages need no signature"} if {
	is_off(line, {"gpgcheck", "pkg_gpgcheck"})
} else := {"the server's certificate is not looked at"} if {
	is_off(line, {"sslverify"})
} else := set()

is_switched_off(section) if {
	some line in section
	is_off(line, {"enabled"})
}

is_rpm(location) if location in {"etc/yum.conf", "etc/dnf/dnf.conf"}

is_rpm(location) if startswith(location, "etc/yum.repos.d/")

is_rpm(location) if startswith(location, "etc/zypp/")

is_off(line, names) if {
	parts := split(line, "=")
	count(parts) == 2
	trim_space(parts[0]) in names
	lower(trim_space(parts[1])) in {"0", "no", "false", "off"}
}

pip(location, line) := {"the server's certificate is not looked at"} if {
	endswith(location, "pip.conf")
	trim_space(split(line, "=")[0]) == "trusted-host"
} else := {"packages come over a connection that anybody can change"} if {
	endswith(location, "pip.conf")
	parts := split(line, "=")
	trim_space(parts[0]) in {"index-url", "extra-index-url"}
	startswith(trim_space(parts[1]), "http://")
} else := set()

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
