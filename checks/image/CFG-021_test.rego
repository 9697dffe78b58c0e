package plimsoll.checks.cfg_021_test

import data.plimsoll.checks.cfg_021
import rego.v1

denied(value, arguments) := found if {
	found := {hit.place | some hit in cfg_021.deny} with input as {"config": {
		"env": [{"name": "OPTIONS", "value": value}],
		"entrypoint": [],
		"command": arguments,
	}}
}

test_denies_java if {
	every address in ["*:5005", "0.0.0.0:5005", "5005"] {
		value := sprintf("-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=%s", [address])
		denied(value, []) == {"config.env.OPTIONS"}
	}
	denied("-Dcom.sun.management.jmxremote.port=9010 -Dcom.sun.management.jmxremote.authenticate=false", []) != set()
}

test_denies_others if {
	denied("", ["node", "--inspect=0.0.0.0:9229", "app.js"]) == {"config.command"}
	denied("", ["python", "-m", "debugpy", "--listen", "0.0.0.0:5678", "app.py"]) == {"config.command"}
	denied("", ["dlv", "exec", "/app", "--headless", "--listen=:2345"]) == {"config.command"}
}

test_allows_the_loopback_address if {
	denied("-agentlib:jdwp=transport=dt_socket,server=y,address=127.0.0.1:5005", []) == set()
	denied("-agentlib:jdwp=transport=dt_socket,server=y,address=localhost:5005", []) == set()
	denied("", ["node", "--inspect", "app.js"]) == set()
	denied("", ["python", "-m", "debugpy", "--listen", "127.0.0.1:5678", "app.py"]) == set()
}

test_allows_what_only_measures if {
	denied("-Dcom.sun.management.jmxremote.port=9010 -Dcom.sun.management.jmxremote.authenticate=true", []) == set()
	denied("-XX:+UseG1GC", ["java", "-jar", "app.jar"]) == set()
}
