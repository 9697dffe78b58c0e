package plimsoll.checks.fs_027_test

import data.plimsoll.checks.fs_027
import rego.v1

with_lines(path, lines) := {
	"configurations": {path: {"path": path, "lines": lines, "cut": false, "layer": 1, "base": false}},
}

test_denies_weak_openssl if {
	every line in ["MinProtocol = TLSv1", "  TLS.MinProtocol=TLSv1.1 # old", "CipherString = DEFAULT@SECLEVEL=1"] {
		count(fs_027.deny) == 1 with input as with_lines("etc/ssl/openssl.cnf", ["[system_default_sect]", line])
	}
	some hit in fs_027.deny with input as with_lines("etc/ssl/openssl.cnf", ["[a]", "MinProtocol = None"])
	hit.line == 2
}

test_denies_the_policy_legacy if {
	count(fs_027.deny) == 1 with input as with_lines("etc/crypto-policies/config", ["# comment", "LEGACY"])
}

test_denies_java_that_allows_old_protocols if {
	some hit in fs_027.deny with input as with_lines("opt/java/conf/security/java.security", [
		"", "jdk.tls.disabledAlgorithms=SSLv3, TLSv1.1, RC4, \\", "    DES, MD5withRSA", "other=TLSv1",
	])
	hit.message == "opt/java/conf/security/java.security does not switch off TLSv1"
}

test_allows_java_as_it_ships if {
	count(fs_027.deny) == 0 with input as with_lines("opt/java/conf/security/java.security", [
		"jdk.tls.disabledAlgorithms=SSLv3, RC4, DES, \\", "    TLSv1, \\", "    TLSv1.1, DTLSv1.0",
	])
}

test_allows_sound_settings if {
	lines := ["MinProtocol = TLSv1.2", "# MinProtocol = TLSv1", "CipherString = DEFAULT@SECLEVEL=2"]
	count(fs_027.deny) == 0 with input as with_lines("etc/ssl/openssl.cnf", lines)
	count(fs_027.deny) == 0 with input as with_lines("etc/crypto-policies/config", ["DEFAULT"])
	count(fs_027.deny) == 0 with input as {"configurations": {}}
}

test_does_not_assess_a_part if {
	document := {"configurations": {"etc/ssl/openssl.cnf": {"path": "etc/ssl/openssl.cnf", "lines": [], "cut": true}}}
	count(fs_027.not_assessed) == 1 with input as document
}
