# METADATA
# title: Where a check found what
# description: >
#   Makes the results that `deny` of a check holds. Plain Rego: any Rego engine can run the pack. Each function takes what
#   was found and a message for people, and gives an object {message, place, path?, line?, layer?, purl?, pointer?, step?,
#   refers?}. `place` says for people where it is; results are told apart by it, so it has no version or line in it.
package plimsoll.lib.result

import rego.v1

# In the config or elsewhere in the document: at("config.user", …).
at(pointer, message) := {"message": message, "place": pointer, "pointer": pointer}

# A file of the document: an object with a path, and perhaps the layer, line and whether a later layer hides it.
file(entry, message) := object.union(
	picked(entry, ["path", "layer", "line", "hidden"]),
	{"message": message, "place": entry.path},
)

# A line of a text file.
line(path, number, message) := {"message": message, "place": path, "path": path, "line": number}

# A build step of the document.
step(entry, message) := object.union(
	picked(entry, ["layer"]),
	{"message": message, "place": sprintf("step %d", [entry.index]), "step": entry.index},
)

# A package of the document. (`package` itself is a keyword.)
of_package(entry, message) := object.union(
	picked(entry, ["purl", "path", "layer"]),
	{"message": message, "place": object.get(entry, "name", object.get(entry, "purl", ""))},
)

# An object of a Kubernetes manifest.
object_of(entry, message) := object.union(
	picked(entry, ["path", "line"]),
	{"message": message, "place": sprintf("%s/%s", [entry.kind, name_of(entry)])},
)

# A finding that the report already has, by its fingerprint: no new one is made.
finding(entry, message) := {
	"message": message,
	"place": object.get(entry, "place", entry.fingerprint),
	"refers": entry.fingerprint,
}

# The same result with another severity than the check's: critical, high, medium, low or negligible.
rated(result, severity) := object.union(result, {"severity": severity})

# Those fields of an object that it has.
picked(entry, names) := {name: entry[name] | some name in names}

name_of(entry) := object.get(entry, "name", object.get(object.get(entry, "metadata", {}), "name", "without a name"))
