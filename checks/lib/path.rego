# METADATA
# title: Paths of the image
# description: The config writes `/etc`, the files of the document `etc`. Both compare once they are `clean`.
package plimsoll.lib.path

import rego.v1

# One slash in front, none behind or doubled: "etc//x/" is "/etc/x". Leaves ".." alone.
clean(text) := concat("", ["/", concat("/", parts(text))])

parts(text) := [part | some part in split(text, "/"); not part in {"", "."}]

# The last part.
name(text) := all[count(all) - 1] if {
	all := parts(text)
	count(all) > 0
}

# Both clean. A folder is within itself.
is_within(path, folder) if path == folder

is_within(path, folder) if startswith(path, concat("", [trim_suffix(folder, "/"), "/"]))
