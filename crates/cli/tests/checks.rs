//! The commands about checks and standards: their lists, tests of checks, and first ones of one's own.
#![cfg(test)]

mod support;

use serde_json::Value;
use support::{Plimsoll, text};
use tempfile::TempDir;

#[test]
fn the_built_in_checks_are_listed_and_shown() {
    let plimsoll = Plimsoll::new();
    let list = text(&plimsoll.run(&["checks", "list"]).stdout);
    assert!(list.contains("CFG-001") && list.contains("Runs as root"), "{list}");
    let json = |option| plimsoll.run(&["checks", "list", option, "json"]).stdout;
    let all: Value = serde_json::from_slice(&json("--output")).unwrap();
    assert!(json("--output") == json("--format") && json("-o") == json("--format"));
    let root = all.as_array().unwrap().iter().find(|check| check["id"] == "CFG-001").unwrap();
    assert_eq!((root["severity"].as_str(), root["input"].as_str()), (Some("high"), Some("image/v1")));
    for id in ["CFG-001", "cfg-001", "DS-0002"] {
        let shown = text(&plimsoll.run(&["checks", "show", id]).stdout);
        assert!(shown.contains("package plimsoll.checks.cfg_001") && shown.contains("CIS-DI-0001"), "{shown}");
    }
    let missing = plimsoll.run(&["checks", "show", "NOT-001"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("there is no check NOT-001; `plimsoll checks list` names all"));
    let misspelt = text(&plimsoll.run(&["checks", "show", "CGF-001"]).stderr);
    assert!(misspelt.contains("there is no check CGF-001; did you mean CFG-001?"), "{misspelt}");
    let empty = TempDir::new().unwrap();
    for wrong in [
        &["checks", "new", "no id!"] as &[&str],
        &["checks", "new", "CFG-001"],
        &["checks", "test", "/no/such/folder"],
        &["checks", "list", "--checks", "/no/such/folder"],
        &["checks", "list", "--checks", empty.path().to_str().unwrap()],
        &["compliance", "show", "cis-docker", "--checks", "/no/such/folder"],
        &["scan", "dir:/", "--offline", "--checks", "/no/such/folder"],
    ] {
        assert_eq!(plimsoll.run(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_first_check_passes_its_tests_and_fails_when_it_is_broken() {
    let plimsoll = Plimsoll::new();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ours").display().to_string();
    let new = plimsoll.run(&["checks", "new", "TEAM-001", &path]);
    assert!(new.status.success(), "{}", text(&new.stderr));
    let again = plimsoll.run(&["checks", "new", "TEAM-001", &path]);
    assert_eq!(again.status.code(), Some(3), "a file of the user was overwritten");
    let test = plimsoll.run(&["checks", "test", &path]);
    assert_eq!(test.status.code(), Some(0), "{}", text(&test.stdout));
    assert!(text(&test.stdout).contains("2 tests, 0 failed; 0 errors, 0 warnings"), "{}", text(&test.stdout));
    let list = text(&plimsoll.run(&["checks", "list", "--checks", &path]).stdout);
    assert!(list.contains("TEAM-001"), "{list}");

    let file = folder.path().join("ours/TEAM-001.rego");
    let rules = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, rules.replace("value == \"\"", "value != \"\"")).unwrap();
    let test = plimsoll.run(&["checks", "test", &path]);
    assert_eq!(test.status.code(), Some(1));
    let said = text(&test.stdout);
    assert!(said.contains("TEAM-001_test.rego: test_denies_no_label does not hold"), "{said}");
    std::fs::write(&file, rules.replace("[config.labels]", "[config.user]")).unwrap();
    let said = text(&plimsoll.run(&["checks", "test", &path]).stdout);
    assert!(said.contains("TEAM-001.rego:") && said.contains("not among its needs"), "{said}");
}

#[test]
fn all_folders_of_checks_are_read() {
    let plimsoll = Plimsoll::new();
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    for (name, id) in [("ours", "TEAM-001"), ("theirs", "HOUSE-001")] {
        assert!(plimsoll.run(&["checks", "new", id, &path(name)]).status.success());
    }
    let mut command = plimsoll.command(&["checks", "list"]);
    let output = command.env("PLIMSOLL_CHECKS", format!("{},{}", path("ours"), path("theirs"))).output().unwrap();
    let list = text(&output.stdout);
    assert!(list.contains("TEAM-001") && list.contains("HOUSE-001"), "{list}{}", text(&output.stderr));
}

#[test]
fn policies_of_others_are_told_by_their_messages_and_warned_of_when_nothing_feeds_them() {
    let plimsoll = Plimsoll::new();
    let folder = TempDir::new().unwrap();
    let (policies, root) = (folder.path().join("policies"), folder.path().join("root"));
    std::fs::create_dir_all(&policies).unwrap();
    std::fs::create_dir_all(root.join("etc")).unwrap();
    std::fs::write(root.join("etc/os-release"), "ID=debian\nVERSION_ID=12\n").unwrap();
    let rules =
        |name: &str, body: &str| format!("package {name}\n\ndeny[msg] {{ {body}; msg := \"no {name} please\" }}\n");
    std::fs::write(policies.join("old.rego"), rules("old", "input.os.id == \"debian\"")).unwrap();
    std::fs::write(policies.join("fed.rego"), rules("unfed", "input.kind == \"Deployment\"")).unwrap();
    let policies = policies.display().to_string();
    let test = plimsoll.run(&["checks", "test", &policies]);
    let said = text(&test.stdout);
    assert_eq!(test.status.code(), Some(0), "{said}");
    assert!(
        said.contains("warning  fed.rego:3: it reads input.kind, which a document of image/v1 does not have"),
        "{said}"
    );
    assert!(said.contains("0 errors, 1 warnings"), "{said}");

    let target = format!("dir:{}", root.display());
    for (all, line) in [(None, "old: no old please"), (Some("--all"), " no old please (yours)")] {
        let scan = ["scan", &target, "--offline", "--scanners", "checks", "--checks", &policies];
        let table = text(&plimsoll.command(&scan).args(all).output().unwrap().stdout);
        assert!(table.contains(line) && !table.contains(": no old please (yours)"), "{table}");
    }
}

#[test]
fn the_tests_of_the_built_in_checks_hold() {
    let test = Plimsoll::new().run(&["checks", "test"]);
    assert_eq!(test.status.code(), Some(0), "{}", text(&test.stdout));
}

#[test]
fn standards_and_deadlines_are_listed_and_shown() {
    let plimsoll = Plimsoll::new();
    let list = text(&plimsoll.run(&["compliance", "list"]).stdout);
    assert!(list.contains("cis-docker") && list.contains("fedramp-vdr-low"), "{list}");
    let all: Value = serde_json::from_slice(&plimsoll.run(&["compliance", "list", "-o", "json"]).stdout).unwrap();
    for row in all["standards"].as_array().unwrap().iter().chain(all["deadlines"].as_array().unwrap()) {
        let shown = plimsoll.run(&["compliance", "show", row["id"].as_str().unwrap()]);
        let said = text(&shown.stdout);
        assert!(shown.status.success() && said.contains(row["title"].as_str().unwrap()), "{row}: {said}");
    }
    for (name, seconds, is_stale) in
        [("pci", "1798000000", false), ("pci", "1900000000", true), ("soc-2", "1900000000", true)]
    {
        let mut command = plimsoll.command(&["compliance", "show", name]);
        let said = text(&command.env("SOURCE_DATE_EPOCH", seconds).output().unwrap().stdout);
        assert_eq!(said.contains("compare it with what is in force now"), is_stale, "{name}: {said}");
    }
    let missing = plimsoll.run(&["compliance", "show", "cis-dockre"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("cis-docker"), "{}", text(&missing.stderr));
}

#[test]
fn a_standard_of_ones_own_is_shown_and_its_profiles_can_be_asked_for() {
    let plimsoll = Plimsoll::new();
    let folder = TempDir::new().unwrap();
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/own-standards.md")).unwrap();
    let example = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let file = folder.path().join("house.yaml");
    std::fs::write(&file, example).unwrap();
    let path = file.to_str().unwrap();
    let shown = text(&plimsoll.run(&["compliance", "show", path]).stdout);
    assert!(shown.contains("H-2") && shown.contains("overdue by default"), "{shown}");
    let image = folder.path().join("rootfs");
    std::fs::create_dir(&image).unwrap();
    let target = format!("dir:{}", image.display());
    let scan = |profile| {
        let own = ["scan", &target, "--offline", "--compliance", path, "--compliance-profile", profile];
        plimsoll.run(&own)
    };
    assert_eq!(scan("release").status.code(), Some(0), "{}", text(&scan("release").stderr));
    let unknown = scan("relaese");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("\"relaese\"; did you mean release?"), "{}", text(&unknown.stderr));
    let unknown = scan("mine");
    assert!(
        text(&unknown.stderr).contains("\"mine\"; there are default, release, strict"),
        "{}",
        text(&unknown.stderr)
    );
    std::fs::write(&file, example.replace("CFG-001", "CGF-001")).unwrap();
    let broken = plimsoll.run(&["compliance", "show", path]);
    assert_eq!(broken.status.code(), Some(3));
    assert!(text(&broken.stderr).contains("CFG-001"), "{}", text(&broken.stderr));
}
