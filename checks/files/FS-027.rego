# METADATA
# title: TLS settings allow protocols that are broken
# description: >
#   TLS below 1.2 and keys below the second security level can be attacked. A setting for the whole image lets every
#   program of it use them.
# custom:
#   id: FS-027
#   severity: medium
#   family: files
#   input: image/v1
#   needs: [configurations, gaps]
#   remedy: >
#     Raise the minimum: `MinProtocol = TLSv1.2` and `SECLEVEL=2` for OpenSSL, the policy DEFAULT or FUTURE for Red
#     Hat's, and TLSv1 and TLSv1.1 among `jdk.tls.disabledAlgorithms` for Java.
#   standards:
#     nist-800-53: [SC-8, SC-13]
#     pci-dss: [4.2.1]
#     disa-container: [CCI-002418]
#     iso-27001: [A.8.24]
#     hipaa: [164.312(e)(1)]
#     eu-cra: [I-I-2-e]
package plimsoll.checks.fs_027

import data.plimsoll.lib.gap
import data.plimsoll.lib.result
import rego.v1

# A file is told once, with the first of its lines.
deny contains result.line(file.path, first, message) if {
	some file in of("/openssl.cnf")
	found := {[index + 1, reason] |
		some index, line in file.lines
		some reason in weak(line)
	}
	count(found) > 0
	first := min({pair[0] | some pair in found})
	reasons := sort([reason | some reason in {pair[1] | some pair in found}])
	message := sprintf("%s %s", [file.path, concat(" and ", reasons)])
}

weak(line) := {"lets programs use a protocol below TLS 1.2"} if {
	contains(line, "MinProtocol")
	pattern := `^[ \t]*(TLS[.]|DTLS[.])?MinProtocol[ \t]*=[ \t]*"?(None|SSLv3|D?TLSv1|TLSv1[.][01])"?[ \t]*(#.*)?$`
	regex.match(pattern, line)
} else := {"lowers the security level of OpenSSL"} if {
	contains(line, "@SECLEVEL=")
	regex.match(`^[ \t]*(CipherString|Ciphersuites)[ \t]*=.*@SECLEVEL=[01]`, line)
} else := set()

deny contains result.line(file.path, number, message) if {
	some file in policies
	some index, line in file.lines
	startswith(trim_space(line), "LEGACY")
	number := index + 1
	message := sprintf("%s chooses the policy LEGACY, which allows what is broken", [file.path])
}

# What the tools work out of `config` says the same again.
policies := [file |
	some file in [object.get(input.configurations, "etc/crypto-policies/config", {})]
	is_array(file.lines)
]

deny contains result.line(file.path, first + 1, message) if {
	some file in of("/java.security")
	some first, line in file.lines
	startswith(line, "jdk.tls.disabledAlgorithms=")
	disabled := {trim_space(name) | some name in split(continued(file.lines, first), ",")}
	missing := [name | some name in ["TLSv1", "TLSv1.1"]; not name in disabled]
	count(missing) > 0
	message := sprintf("%s does not switch off %s", [file.path, concat(" and ", missing)])
}

not_assessed contains message if {
	some ending in ["/openssl.cnf", "/java.security"]
	some file in of(ending)
	file.cut
	message := sprintf("only the beginning of %s was read", [file.path])
}

of(ending) := [file | some file in input.configurations; endswith(file.path, ending)]

# A line with those behind it that a backslash joins to it.
continued(lines, first) := concat("", [part |
	block := array.slice(lines, first, first + 12)
	some index, line in block
	is_joined(block, index)
	part := trim_space(trim_suffix(trim_prefix(line, "jdk.tls.disabledAlgorithms="), "\\"))
])

is_joined(block, index) if {
	every line in array.slice(block, 0, index) {
		endswith(line, "\\")
	}
}

not_assessed contains reason if some reason in gap.blind_image(input.gaps)
