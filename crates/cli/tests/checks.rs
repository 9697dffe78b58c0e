//! The command about checks: its lists, its tests, and a first check of one's own.
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
    let all: Value = serde_json::from_slice(&plimsoll.run(&["checks", "list", "--output", "json"]).stdout).unwrap();
    let root = all.as_array().unwrap().iter().find(|check| check["id"] == "CFG-001").unwrap();
    assert_eq!((root["severity"].as_str(), root["input"].as_str()), (Some("high"), Some("image/v1")));
    for id in ["CFG-001", "cfg-001", "DS-0002"] {
        let shown = text(&plimsoll.run(&["checks", "show", id]).stdout);
        assert!(shown.contains("package plimsoll.checks.cfg_001") && shown.contains("CIS-DI-0001"), "{shown}");
    }
    let missing = plimsoll.run(&["checks", "show", "NOT-001"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("plimsoll checks list"));
    for wrong in [
        &["checks", "new", "no id!"] as &[&str],
        &["checks", "new", "CFG-001"],
        &["checks", "test", "/no/such/folder"],
        &["checks", "list", "--checks", "/no/such/folder"],
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
fn the_tests_of_the_built_in_checks_hold() {
    let test = Plimsoll::new().run(&["checks", "test"]);
    assert_eq!(test.status.code(), Some(0), "{}", text(&test.stdout));
}
