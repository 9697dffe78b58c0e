package plimsoll.checks.bld_010_test

import data.plimsoll.checks.bld_010
import data.plimsoll.lib.examples
import rego.v1

test_denies_modes_for_everybody if {
	steps := [
		examples.root,
		examples.run(1, ["chmod -R 777 /app", "chmod 0666 /etc/app.conf", "chmod a+rw /data", "chmod u+x,o=rwx /x"]),
		examples.run(2, ["chmod -R 1777 /srv"]),
		object.union(examples.copy(3, "COPY", ["a"], "/a"), {"flags": ["--chmod=0777"]}),
	]
	count(bld_010.deny) == 6 with input as {"steps": steps}
}

test_allows_other_modes if {
	steps := [
		examples.root,
		examples.run(1, ["chmod 755 /app", "chmod -R g+w /data", "chmod 1777 /tmp", "chmod u+s,a+rx /x", "chmod +x /a"]),
		examples.run(2, ["chmod 0644 /a", "chmod 4755 /b", "echo 777"]),
		object.union(examples.copy(3, "COPY", ["a"], "/a"), {"flags": ["--chmod=0755"]}),
	]
	count(bld_010.deny) == 0 with input as {"steps": steps}
}

test_does_not_assess_what_the_history_does_not_tell if {
	count(bld_010.not_assessed) == 1 with input as {"steps": []}
	count(bld_010.not_assessed) == 1 with input as {"steps": examples.untold}
	count(bld_010.deny) == 0 with input as {"steps": examples.untold}
}
