package plimsoll.checks.cfg_015_test

import data.plimsoll.checks.cfg_015
import rego.v1

test_denies_a_folder_of_the_system if {
	every workdir in ["/etc", "/usr/bin/", "/proc/self", "/dev"] {
		count(cfg_015.deny) == 1 with input as {"config": {"workdir": workdir}}
	}
}

test_denies_a_relative_one if {
	some hit in cfg_015.deny with input as {"config": {"workdir": "app"}}
	hit.message == "the working directory \"app\" is not absolute"
}

test_allows_folders_of_applications if {
	every workdir in [
		"", "/", "/app", "/go", "/home/app", "/usr/local/tomcat", "/usr/src/app", "/var/www/html", "C:\\app",
	] {
		count(cfg_015.deny) == 0 with input as {"config": {"workdir": workdir}}
	}
}
