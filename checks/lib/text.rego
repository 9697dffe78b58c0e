# METADATA
# title: Texts that users allow
# description: What parameters may say of a text.
package plimsoll.lib.text

import rego.v1

# A pattern is the text itself, or its beginning with a star behind.
like(pattern, text) if pattern == text

like(pattern, text) if {
	is_string(text)
	endswith(pattern, "*")
	startswith(text, trim_suffix(pattern, "*"))
}

like_any(patterns, text) if {
	some pattern in patterns
	like(pattern, text)
}
