# METADATA
# title: Small documents for tests
# description: Steps, instructions and objects in the form that the documents have them. Only tests use it.
package plimsoll.lib.examples

import rego.v1

command(words) := {
	"words": words,
	"program": words[0],
	"arguments": array.slice(words, 1, count(words)),
	"through": [],
	"assignments": [],
	"redirections": [],
	"pipeline": 1,
	"piped_to": false,
}

# Commands one after another.
sequence(lists) := [object.union(command(split(text, " ")), {"pipeline": index}) | some index, text in lists]

# Commands of one pipeline.
pipeline(lists) := [object.union(command(split(text, " ")), {"piped_to": index > 0}) | some index, text in lists]

step(index, fields) := object.union(
	{
		"index": index,
		"kind": "RUN",
		"text": "",
		"shell": "/bin/sh -c",
		"commands": [],
		"complete": true,
		"arguments": [],
		"flags": [],
		"sources": [],
		"target": "",
		"layer": index,
		"empty": false,
		"root": false,
		"base": false,
		"builder": "buildkit",
	},
	fields,
)

root := step(0, {"kind": "ADD", "text": "rootfs.tar /", "sources": ["rootfs.tar"], "target": "/", "root": true})

run(index, texts) := step(index, {"text": concat(" && ", texts), "commands": sequence(texts)})

piped(index, texts) := step(index, {"text": concat(" | ", texts), "commands": pipeline(texts)})

copy(index, kind, sources, target) := step(index, {
	"kind": kind,
	"shell": "",
	"text": sprintf("%s %s", [concat(" ", sources), target]),
	"sources": sources,
	"target": target,
})

# A history that tells nothing of its second layer.
untold := [root, step(1, {"kind": "unknown", "builder": "bazel", "shell": ""})]

instruction(kind, line, arguments) := {
	"kind": kind,
	"line": line,
	"end_line": line,
	"text": concat(" ", arguments),
	"flags": {},
	"arguments": arguments,
	"json": false,
	"commands": [],
	"complete": true,
	"heredocs": [],
	"trigger": null,
}

dockerfile(stages) := {"path": "Dockerfile", "arguments": [], "stages": stages, "escape": "\\", "errors": []}

stage(index, name, instructions) := {
	"name": name,
	"index": index,
	"line": 1,
	"from": {
		"text": "debian:12",
		"image": "debian",
		"tag": "12",
		"digest": null,
		"stage": null,
		"platform": null,
		"resolved": true,
	},
	"instructions": instructions,
}

container(fields) := object.union(
	{
		"name": "app",
		"image": "registry.example/app:1.0",
		"image_reference": {"registry": "registry.example", "repository": "app", "tag": "1.0", "digest": null},
		"line": 12,
		"init": false,
		"ephemeral": false,
		"securityContext": {},
		"ports": [],
		"env": [],
		"envFrom": [],
		"resources": {},
		"volumeMounts": [],
		"devices": [],
	},
	fields,
)

pod(fields, containers) := object.union(
	{
		"hostPID": false,
		"hostIPC": false,
		"hostNetwork": false,
		"hostUsers": null,
		"os": null,
		"volumes": [],
		"securityContext": {},
		"serviceAccountName": "default",
		"automountServiceAccountToken": null,
		"token": true,
		"containers": containers,
	},
	fields,
)

deployment(pod) := {
	"kind": "Deployment",
	"name": "web",
	"namespace": "",
	"path": "web.yaml",
	"line": 2,
	"api_version": "apps/v1",
	"compose": false,
	"labels": {"app": "web"},
	"network_policies": [],
	"pod": pod,
	"raw": {},
}

compose(pod) := object.union(deployment(pod), {"kind": "ComposeService", "api_version": "", "compose": true})

manifests(objects) := {
	"objects": objects,
	"services": [],
	"network_policies": [],
	"service_accounts": [],
	"problems": [],
	"compose": false,
}

# A deployment of one container with a security context.
secured(context) := manifests([deployment(pod({}, [container({"securityContext": context})]))])

# A file of which something cannot be read.
broken := object.union(
	manifests([]),
	{"problems": [{"path": "chart.yaml", "line": 3, "message": "a template"}]},
)
