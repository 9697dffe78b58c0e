package plimsoll.checks.bld_008_test

import data.plimsoll.checks.bld_008
import data.plimsoll.lib.examples
import rego.v1

test_denies_switches if {
	steps := [
		examples.root,
		examples.run(1, ["curl -fsSLk https://get.example/x", "wget --no-check-certificate https://get.example/x"]),
		examples.run(2, ["apt-get install -y --allow-unauthenticated x", "apk add --allow-untrusted x.apk"]),
		examples.run(3, ["pip install --trusted-host pypi.example x", "dnf install --nogpgcheck x"]),
		examples.run(4, ["apt-get -o Acquire::AllowInsecureRepositories=true update"]),
	]
	count(bld_008.deny) == 7 with input as {"steps": steps}
}

test_denies_settings_and_variables if {
	clone := object.union(examples.command(["git", "clone", "x"]), {"assignments": ["GIT_SSL_NO_VERIFY=1"]})
	echo := examples.command(["echo", "deb [arch=amd64 trusted=yes] https://deb.example stable main"])
	steps := [
		examples.root,
		examples.run(1, ["npm config set strict-ssl false", "export NODE_TLS_REJECT_UNAUTHORIZED=0"]),
		examples.step(2, {"commands": [clone, echo]}),
	]
	count(bld_008.deny) == 4 with input as {"steps": steps}
}

test_allows_what_verifies if {
	steps := [
		examples.root,
		examples.run(1, ["curl -fsSL --cacert ca.pem https://get.example/x", "apt-get install -y gpg"]),
		examples.run(2, ["npm config set strict-ssl true", "apt-get -o Acquire::AllowInsecureRepositories=false update"]),
		examples.run(3, ["grep -k x", "pip install --no-cache-dir x"]),
	]
	count(bld_008.deny) == 0 with input as {"steps": steps}
}

test_does_not_assess_what_the_history_does_not_tell if {
	count(bld_008.not_assessed) == 1 with input as {"steps": []}
	count(bld_008.not_assessed) == 1 with input as {"steps": examples.untold}
	count(bld_008.deny) == 0 with input as {"steps": examples.untold}
}
