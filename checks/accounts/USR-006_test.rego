package plimsoll.checks.usr_006_test

import data.plimsoll.checks.usr_006
import rego.v1

denied(name, uid, shell) := found if {
	found := [hit.message | some hit in usr_006.deny] with input as {"users": {"accounts": [{
		"name": name, "uid": uid, "gid": uid, "shell": shell, "path": "etc/passwd", "line": 20,
	}]}}
}

test_denies_a_shell if {
	denied("postgres", 999, "/bin/bash") == ["the account postgres, user id 999, has the login shell /bin/bash"]
	denied("svc", 100, "") == ["the account svc, user id 100, has no shell given, which means /bin/sh"]
}

test_allows_the_accounts_of_distributions if {
	denied("daemon", 1, "/usr/sbin/nologin") == []
	denied("sync", 4, "/bin/sync") == []
	denied("halt", 7, "/sbin/halt") == []
	denied("_apt", 42, "/usr/sbin/nologin") == []
	denied("guest", 405, "/dev/null") == []
}

test_allows_root_and_people if {
	denied("root", 0, "/bin/bash") == []
	denied("node", 1000, "/bin/bash") == []
}
