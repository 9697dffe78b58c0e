# METADATA
# title: Findings that the report has
# description: >
#   Words for secrets, licences, malware and vulnerabilities that a check judges again.
package plimsoll.lib.finding

import data.plimsoll.lib.origin
import rego.v1

# A secret, without the secret.
secret(entry) := origin.told(entry, sprintf("%s, in %s", [shown(entry), where(entry)]))

where(entry) := entry.place if entry.place != ""

where(entry) := object.get(places, object.get(entry, "found_in", ""), "the image") if entry.place == ""

places := {
	"command": "the command",
	"environment": "the environment",
	"history": "the history of the build",
	"label": "a label",
}

shown(entry) := sprintf("%s: %s", [entry.title, entry.redacted]) if object.get(entry, "redacted", "") != ""

shown(entry) := entry.title if object.get(entry, "redacted", "") == ""

malware(entry) := origin.told(entry, sprintf("%s, in %s", [entry.title, entry.place]))

licence(entry) := sprintf("%s %s is under %s", [entry.name, entry.version, entry.expression])

vulnerability(entry) := sprintf("%s in %s %s", [entry.id, entry.name, entry.version])

# Every name that a vulnerability goes by.
names(entry) := {entry.id} | {alias | some alias in object.get(entry, "aliases", [])}

fixed(entry) := sprintf("is fixed in %s", [concat(" or ", entry.fixed_in)]) if {
	count(object.get(entry, "fixed_in", [])) > 0
} else := "is fixed in a later version"
