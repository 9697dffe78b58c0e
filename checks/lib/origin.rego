# METADATA
# title: Where files come from
# description: >
#   What a file is worth depends on who brought it: the distribution, a package, or this image.
package plimsoll.lib.origin

import data.plimsoll.lib.noted
import rego.v1

# The bottom layer is the distribution's, whether or not the base image is known.
of_base(entry) if object.get(entry, "base", false)

of_base(entry) if object.get(entry, "layer", null) == 0

# In a folder that a package manager fills: what stands out there is part of somebody's package.
of_package(path) if {
	some folder in data.lists.package_folders.top
	startswith(path, folder)
}

of_package(path) if {
	whole := concat("", ["/", path])
	some folder in data.lists.package_folders.anywhere
	contains(whole, folder)
}

# The files of a topic, each path once: as the image shows it, else as the lowest layer has it. A step that only changes
# owners copies whole trees.
each(files, topic) := array.concat(noted.visible(files, topic), [pair[2] |
	shown := {entry.path | some entry in noted.visible(files, topic)}
	pairs := sort([[entry.path, entry.layer, entry] |
		some entry in object.get(files, topic, [])
		not noted.shows(entry)
	])
	some index, pair in pairs
	location := pair[0]
	not location in shown
	not is_repeated(pairs, index)
])

is_repeated(pairs, index) if {
	index > 0
	pairs[index - 1][0] == pairs[index][0]
}

# A message about a file, which says so when the image does not show it any more.
told(entry, message) := message if noted.shows(entry)

told(entry, message) := sprintf("%s; a later layer removes it, and it can still be downloaded", [message]) if {
	object.get(entry, "hidden", false) == true
}

# How many files of a topic the sections `files` and `file_counts` keep to themselves. Undefined when all are listed.
unlisted(files, counts, topic, of) := message if {
	noted.is_cut(files, counts, topic)
	listed := count(object.get(files, topic, []))
	message := sprintf("there are %d %s in all layers, of which %d were looked at", [counts[topic], of, listed])
}
