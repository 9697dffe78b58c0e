# METADATA
# title: Files that stand out
# description: >
#   The section `files` lists them by topic; a topic that no file has is not in it. Not all are told of where there are
#   very many.
package plimsoll.lib.noted

import data.plimsoll.lib.path
import rego.v1

# Those of a topic that the image shows.
visible(files, topic) := [file | some file in object.get(files, topic, []); shows(file)]

shows(file) if object.get(file, "hidden", false) == false

# Programs of a topic, each once: a link that the distribution's alternatives keep, or that leads to a program that is
# in the list by its own name, is another name for it.
programs(files, topic) := [file |
	shown := visible(files, topic)
	some file in shown
	not is_alias(shown, file)
]

is_alias(_, file) if {
	file.kind == "link"
	startswith(file.link, "/etc/alternatives/")
}

is_alias(shown, file) if {
	file.kind == "link"
	target := path.name(file.link)
	target != path.name(file.path)
	some other in shown
	other.kind != "link"
	path.name(other.path) == target
}

# One of the many small programs that one binary is.
is_applet(file) if {
	target := path.name(object.get(file, "link", ""))
	some binary in ["busybox", "toybox"]
	startswith(target, binary)
}

# Whether the list ends before the files do, by the section `file_counts`.
is_cut(files, counts, topic) if {
	listed := count(object.get(files, topic, []))
	listed < object.get(counts, topic, 0)
}
