package plimsoll.checks.cfg_020_test

import data.plimsoll.checks.cfg_020
import rego.v1

denied(name, value, arguments) := found if {
	found := {hit.place | some hit in cfg_020.deny} with input as {"config": {
		"env": [{"name": name, "value": value}],
		"entrypoint": [],
		"command": arguments,
	}}
}

test_denies_settings if {
	denied("FLASK_DEBUG", "1", []) == {"config.env.FLASK_DEBUG"}
	denied("ASPNETCORE_ENVIRONMENT", "Development", []) == {"config.env.ASPNETCORE_ENVIRONMENT"}
	denied("SPRING_PROFILES_ACTIVE", "postgres, dev", []) == {"config.env.SPRING_PROFILES_ACTIVE"}
}

test_denies_commands if {
	denied("HOME", "/", ["uvicorn", "app:app", "--reload"]) == {"config.command.--reload"}
	denied("HOME", "/", ["sh", "-c", "python manage.py runserver 0.0.0.0:80"]) != set()
	denied("HOME", "/", ["python", "manage.py", "runserver"]) == {"config.command.manage.py runserver"}
}

test_allows_production if {
	denied("NODE_ENV", "production", ["node", "server.js"]) == set()
	denied("FLASK_DEBUG", "0", []) == set()
	denied("DEBUG", "express:*", []) == set()
	denied("LANG", "C.UTF-8", ["python3"]) == set()
}
