# METADATA
# title: What an image starts
# description: The words of the entrypoint and of the command, by where the config has them.
package plimsoll.lib.command

import rego.v1

lists(config) := {
	"config.entrypoint": object.get(config, "entrypoint", []),
	"config.command": object.get(config, "command", []),
}

# In lower case, without quotes and with one space around each word, so that " --insecure " finds a whole word of it,
# within scripts for a shell too.
plain(words) := concat("", [" ", concat(" ", parts), " "]) if {
	bare := regex.replace(lower(concat(" ", words)), `["'\\]`, "")
	parts := [part | some part in regex.split(`[ \t\r\n;|&()]+`, bare); part != ""]
}

# Whether a phrase, perhaps of several words, is in it.
says(text, phrase) if contains(text, concat("", [" ", lower(phrase), " "]))
