# METADATA
# title: Program without the compiler's protections
# description: >
#   Position-independent code, memory that cannot be executed, and read-only tables make a flaw in a program much harder
#   to use. A search path for libraries that others may write, or that begins wherever the program is started, makes it
#   easy. Looked at are ELF programs that no package of the operating system brought, by their headers and the functions
#   they import; of all programs and libraries, where they look for libraries. Protections that compilers for C alone give
#   are not asked of other languages.
# custom:
#   id: FS-031
#   severity: negligible
#   family: files
#   input: image/v1
#   needs: [elf]
#   remedy: >
#     Build with `-fPIE -pie -Wl,-z,relro,-z,now,-z,noexecstack -fstack-protector-strong -D_FORTIFY_SOURCE=2`, and
#     without a run path.
package plimsoll.checks.fs_031

import data.plimsoll.lib.origin
import data.plimsoll.lib.result
import rego.v1

deny contains result.file(program, message) if {
	some program in own
	lacks := [name | some name in ["pie", "nx", "relro", "canary", "fortify"]; program[name] == false]
	count(lacks) > 0
	message := sprintf("%s is built without %s", [program.path, concat(", ", [words[name] | some name in lacks])])
}

deny contains object.union(result.rated(result.file(program, message), "high"), {"place": place}) if {
	some program in input.elf
	count(program.writable_paths) > 0
	place := sprintf("search path of %s", [program.path])
	message := sprintf(
		"%s looks for libraries in %s, which others may write",
		[program.path, concat(", ", program.writable_paths)],
	)
}

deny contains object.union(result.rated(result.file(program, message), "high"), {"place": place}) if {
	some program in input.elf
	count(program.relative_paths) > 0
	place := sprintf("relative search path of %s", [program.path])
	message := sprintf(
		"%s looks for libraries in %s below the folder that it is started in",
		[program.path, concat(", ", program.relative_paths)],
	)
}

# How the distribution builds its own is not this image's to change.
own := [program |
	some program in input.elf
	program["program"]
	program["package"] == null
	not origin.of_base(program)
]

words := {
	"pie": "position-independent code",
	"nx": "memory that cannot be executed",
	"relro": "read-only tables",
	"canary": "stack protection",
	"fortify": "checked functions of the C library",
}
