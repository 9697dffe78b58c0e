# METADATA
# title: Build steps
# description: >
#   What checks of the build history share: what the history leaves open, and how the package managers of distributions are
#   called.
package plimsoll.lib.build

import rego.v1

# Reasons why a history does not tell what was done. Who passes an image by its history has to give them.
undecided(steps) := {"the image has no build history"} if count(steps) == 0

undecided(steps) := {reason | some step in steps; reason := open(step)} if count(steps) > 0

open(step) := sprintf("step %d: the history does not tell what was done (builder: %s)", [step.index, step.builder]) if {
	step.kind == "unknown"
	step.empty == false
	step.root == false
}

open(step) := sprintf("step %d: not all commands can be told", [step.index]) if {
	step.kind != "unknown"
	step.complete == false
}

# Steps whose files are in the image. Of a Dockerfile, stages that files are only copied from are none.
kept(steps) := [step | some step in steps; object.get(step, "kept", true)]

# Every command with the step that runs it.
commands(steps) := [{"step": step, "command": command} | some step in steps; some command in step.commands]

shown(command) := concat(" ", [without_password(command, word) | some word in array.slice(command.words, 0, 8)])

# A password that is given as part of an option; those that secrets are known by are masked before.
without_password(command, word) := sprintf("%s…", [substring(word, 0, 2)]) if {
	command.program in {"mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-dump", "mariadb-admin"}
	regex.match(`^-p.`, word)
} else := concat("", [parts[0], "=…"]) if {
	regex.match(`(?i)^-*[a-z0-9_-]*(password|passwd|secret|token|api[_-]?key)=[^$]`, word)
	parts := split(word, "=")
} else := word

apt := {"apt-get", "apt", "aptitude"}

dnf := {"dnf", "dnf5", "yum", "microdnf", "tdnf"}

# Which family of package managers a command is of.
manager(command) := "apt" if command.program in apt

manager(command) := "dnf" if command.program in dnf

manager(command) := command.program if command.program in {"apk", "zypper", "pacman"}

# It fetches the index of packages.
refreshes(command) if {
	manager(command) == "apt"
	"update" in command.arguments
}

refreshes(command) if {
	command.program == "apk"
	"update" in command.arguments
}

refreshes(command) if {
	manager(command) == "dnf"
	some word in command.arguments
	word in {"makecache", "check-update"}
}

refreshes(command) if {
	command.program == "zypper"
	some word in command.arguments
	word in {"refresh", "ref"}
}

refreshes(command) if {
	command.program == "pacman"
	some word in command.arguments
	regex.match(`^-S[yq]+$`, word)
	count(names(command)) == 0
}

installing := {
	"apt": {"install", "reinstall", "upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade", "build-dep", "satisfy"},
	"apk": {"add", "upgrade", "fix"},
	"dnf": {"install", "reinstall", "localinstall", "groupinstall", "update", "upgrade", "swap", "builddep"},
	"zypper": {"install", "in", "update", "up", "patch", "dist-upgrade", "dup"},
	"pacman": {"-S", "-Su", "-Syu", "-Sy", "-Syyu", "-U"},
}

# It puts packages into the image.
installs(command) if {
	some word in command.arguments
	word in installing[manager(command)]
}

# The words after a command's own that are no options.
names(command) := [word |
	some index, word in command.arguments
	not startswith(word, "-")
	not_a_value(command, index)
]

# Options whose value is the next word.
with_value := {
	"-o", "-t", "-c", "-a", "--option", "--target-release", "--virtual", "--repository", "-X", "-p", "-r", "-i", "-f",
	"-x", "--exclude", "--enablerepo", "--disablerepo", "--installroot", "--releasever", "--index-url",
	"--extra-index-url", "--find-links", "--requirement", "--constraint", "--prefix", "--target", "--root",
	"--trusted-host", "--proxy", "--python-version", "--timeout", "--repo",
}

not_a_value(command, index) if index == 0

not_a_value(command, index) if {
	before := command.arguments[index - 1]
	not before in with_value
}

remote(source) if contains(source, "://")

remote(source) if startswith(source, "git@")
