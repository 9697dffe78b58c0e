package plimsoll.checks.dkf_012_test

import data.plimsoll.checks.dkf_012
import data.plimsoll.lib.examples
import rego.v1

of(instructions) := examples.dockerfile([examples.stage(0, null, instructions)])

test_denies_names_files_and_options if {
	login := object.union(
		examples.instruction("RUN", 5, ["x"]),
		{"commands": examples.sequence(["curl -u me:hunter2 https://a.example/x"])},
	)
	document := of([
		examples.instruction("ARG", 2, ["NPM_TOKEN"]),
		examples.instruction("ENV", 3, ["DB_PASSWORD=hunter2", "MODE=x"]),
		examples.instruction("COPY", 4, [".npmrc", "deploy/id_ed25519", "/root/"]),
		login,
	])
	hits := dkf_012.deny with input as document with data.params as {"DKF-012": {"allowed_names": []}}
	count(hits) == 5
	every hit in hits {
		message := hit.message
		not contains(message, "hunter2")
	}
}

test_allows_mounts_and_other_names if {
	login := object.union(
		examples.instruction("RUN", 5, ["x"]),
		{
			"flags": {"mount": ["type=secret,id=token"]},
			"commands": examples.sequence(["curl -u $USER:$TOKEN https://a.example/x"]),
		},
	)
	copied := object.union(examples.instruction("COPY", 6, ["/out/.env", "/app/"]), {"flags": {"from": ["build"]}})
	document := of([
		examples.instruction("ARG", 2, ["VERSION=1", "TOKENIZER", "CI_TOKEN"]),
		examples.instruction("ENV", 3, ["PASSWORD=$PASSWORD", "API_TOKEN=", "GPG_KEY=A0B1"]),
		login,
		copied,
		examples.instruction("COPY", 7, [".env.example", "id_rsa.pub", "/app/"]),
	])
	count(dkf_012.deny) == 0 with input as document with data.params as {"DKF-012": {"allowed_names": ["CI_TOKEN"]}}
}

test_does_not_assess_what_is_not_read if {
	broken := {"errors": [{"path": "Dockerfile", "line": 3, "message": "there is no instruction \"FETCH\""}]}
	count(dkf_012.not_assessed) == 1 with input as object.union(examples.dockerfile([]), broken)
}
