# METADATA
# title: Programs that run with other rights than their user
# description: >
#   Which of them distributions ship, and which are never safe.
package plimsoll.lib.set_id

import data.plimsoll.lib.origin
import data.plimsoll.lib.path
import rego.v1

# The distribution with this id ships it at this path, and it is still the distribution's.
is_usual(id, entry) if {
	origin.of_base(entry)
	some family, ids in data.lists.set_id.families
	id in ids
	below_usr(entry.path) in data.lists.set_id.usual[family]
}

# A program that runs whatever its user asks for, whichever version its name has: `python3.11` is `python`.
is_general(entry) if stem(entry.path) in data.lists.set_id.general

stem(text) := regex.replace(path.name(text), `[-.0-9]+$`, "")

# `bin` and `usr/bin` are one folder in most distributions.
below_usr(text) := trim_prefix(text, "usr/")
