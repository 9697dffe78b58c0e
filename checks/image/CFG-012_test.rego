package plimsoll.checks.cfg_012_test

import data.plimsoll.checks.cfg_012
import rego.v1

files := {
	"credential-name": [
		{"path": "run/key.json/credentials.json", "kind": "file", "hidden": false},
		{"path": "root/.docker/config.json", "kind": "file", "hidden": false},
		{"path": "certs/tls.pem", "kind": "file", "hidden": false},
		{"path": "srv/gone/credentials", "kind": "file", "hidden": true},
	],
	"keystore": [{"path": "app/store.p12", "kind": "file", "hidden": false}],
}

denied(name, value) := found if {
	found := count(cfg_012.deny) with input as {
		"config": {"env": [{"name": name, "value": value}]},
		"files": files,
	}
}

test_denies_credentials if {
	denied("GOOGLE_APPLICATION_CREDENTIALS", "/run/key.json/credentials.json") == 1
	denied("SERVER_SSL_KEY_STORE", "/app//store.p12") == 1
	denied("TLS_KEY", "/certs/tls.pem") == 1
}

test_denies_a_folder_of_credentials if {
	denied("DOCKER_CONFIG", "/root/.docker") == 1
}

test_allows_what_is_not_there if {
	denied("GOOGLE_APPLICATION_CREDENTIALS", "/run/secrets/credentials.json") == 0
	denied("AWS_SHARED_CREDENTIALS_FILE", "/srv/gone/credentials") == 0
	denied("HOME", "/root/.docker") == 0
}

test_allows_certificates if {
	denied("SSL_CERT_FILE", "/certs/tls.pem") == 0
	denied("REQUESTS_CA_BUNDLE", "/certs/tls.pem") == 0
}

test_does_not_assess_a_list_that_is_cut if {
	count(cfg_012.not_assessed) == 1 with input as {
		"config": {"env": []},
		"files": files,
		"file_counts": {"credential-name": 900, "keystore": 1},
	}
}
