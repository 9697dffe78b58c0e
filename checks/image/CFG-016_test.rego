package plimsoll.checks.cfg_016_test

import data.plimsoll.checks.cfg_016
import rego.v1

denied(name, value) := found if {
	found := {hit.message | some hit in cfg_016.deny} with input as {
		"config": {"env": [{"name": name, "value": value}]},
		"files": {"world-writable": [
			{"path": "opt/tools/bin", "kind": "folder", "hidden": false},
			{"path": "opt/data", "kind": "file", "hidden": false},
		]},
	}
}

test_denies_the_current_folder if {
	denied("PATH", "/usr/bin:.") == {"PATH has \".\", which depends on the current folder"}
	denied("PATH", "/usr/bin:node_modules/.bin") != set()
	denied("LD_LIBRARY_PATH", "/usr/local/lib:") == {"LD_LIBRARY_PATH has an empty entry, which is the current folder"}
}

test_denies_folders_that_anybody_may_write if {
	denied("PATH", "/opt/tools/bin:/usr/bin") == {"PATH has \"/opt/tools/bin\", where anybody may write"}
	denied("LD_PRELOAD", "/tmp/x.so libjemalloc.so.2") == {"LD_PRELOAD has \"/tmp/x.so\", where anybody may write"}
}

test_rates_interpreters_lower if {
	some hit in cfg_016.deny with input as {"config": {"env": [{"name": "PYTHONPATH", "value": "."}]}, "files": {}}
	hit.severity == "medium"
}

test_allows_what_base_images_have if {
	denied("PATH", "/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin") == set()
	denied("PATH", "/opt/java/openjdk/bin:/usr/local/bin:/usr/bin") == set()
	denied("LD_LIBRARY_PATH", "/usr/local/nvidia/lib:/usr/local/nvidia/lib64") == set()
	denied("LD_PRELOAD", "libjemalloc.so.2") == set()
	denied("LD_PRELOAD", "") == set()
	denied("PYTHONPATH", "") == set()
	denied("PATH", `C:\Windows\System32;C:\Windows`) == set()
	denied("OTHER", ".") == set()
}

test_does_not_assess_a_list_that_is_cut if {
	document := {"config": {"env": []}, "files": {"world-writable": []}, "file_counts": {"world-writable": 900}}
	count(cfg_016.not_assessed) == 1 with input as document
	count(cfg_016.deny) == 0 with input as document
}
