package plimsoll.checks.cfg_017_test

import data.plimsoll.checks.cfg_017
import rego.v1

denied(name, value) := found if {
	found := count(cfg_017.deny) with input as {"config": {"env": [{"name": name, "value": value}]}}
}

test_denies_switches if {
	denied("NODE_TLS_REJECT_UNAUTHORIZED", "0") == 1
	denied("GIT_SSL_NO_VERIFY", "true") == 1
	denied("npm_config_strict_ssl", "False") == 1
	denied("MAVEN_OPTS", "-Xmx1g -Dmaven.wagon.http.ssl.insecure=true") == 1
}

test_names_the_variable if {
	some hit in cfg_017.deny with input as {"config": {"env": [{"name": "PYTHONHTTPSVERIFY", "value": "0"}]}}
	hit.place == "config.env.PYTHONHTTPSVERIFY"
}

test_allows_others if {
	denied("NODE_TLS_REJECT_UNAUTHORIZED", "1") == 0
	denied("GIT_SSL_NO_VERIFY", "") == 0
	denied("NPM_CONFIG_STRICT_SSL", "true") == 0
	denied("NODE_EXTRA_CA_CERTS", "/etc/ssl/certs/company.pem") == 0
	denied("PYTHON_PIP_VERSION", "24.0") == 0
}
