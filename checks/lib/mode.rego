# METADATA
# title: Permissions of files
# description: >
#   Reads the four octal digits that files of the document have, as in `4755`.
package plimsoll.lib.mode

import rego.v1

owner_becomes(entry) if digit(entry, 0) in {4, 5, 6, 7}

is_sticky(entry) if digit(entry, 0) in {1, 3, 5, 7}

group_writes(entry) if digit(entry, 2) in {2, 3, 6, 7}

group_reads(entry) if digit(entry, 2) in {4, 5, 6, 7}

others_write(entry) if digit(entry, 3) in {2, 3, 6, 7}

others_read(entry) if digit(entry, 3) in {4, 5, 6, 7}

digit(entry, place) := to_number(substring(entry.octal, place, 1))
