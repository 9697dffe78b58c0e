//! Whole runs: gate, outputs, determinism, many processes at once.
#![cfg(test)]

mod support;

use std::process::Stdio;

use serde_json::Value;
use support::{Plimsoll, image, mirror, text};
use tempfile::TempDir;

fn alma() -> String {
    image("almalinux-9-sqlite").join("oci").display().to_string()
}

#[test]
fn the_gate_fails_on_what_is_there_and_passes_on_what_is_not() {
    let plimsoll = Plimsoll::new();
    let mirror = mirror().display().to_string();
    let code = |arguments: &[&str]| plimsoll.run(arguments).status.code();
    assert_eq!(code(&["scan", &alma(), "--mirror", &mirror]), Some(0));
    assert_eq!(code(&["scan", &alma(), "--mirror", &mirror, "--fail-on", "critical"]), Some(1));
    // What is shown does not change what fails.
    assert_eq!(code(&["scan", &alma(), "--mirror", &mirror, "--fail-on", "high", "--severity", "low"]), Some(1));
}

#[test]
fn several_reports_come_from_one_run() {
    let plimsoll = Plimsoll::new();
    let folder = TempDir::new().unwrap();
    let json = folder.path().join("report.json");
    std::fs::write(&json, "an old report").unwrap();
    let output = plimsoll
        .command(&["scan", &alma(), "-o", "table", "-o", &format!("json={}", json.display()), "--mirror"])
        .arg(mirror())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("almalinux 9.0"));
    let report: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!(report["schema"], plimsoll_model::Report::SCHEMA);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "something half-written was left");
}

/// Sixteen processes with nothing in the cache: all succeed, with the same bytes, and so does one after them.
#[test]
fn processes_share_a_cache_without_waiting_or_failing() {
    let plimsoll = Plimsoll::new();
    let command = || {
        // What is shared are layers and shards; seventeen rounds of checks would say nothing more of that.
        let mut command =
            plimsoll.command(&["scan", &alma(), "-o", "json", "--scanners", "vulnerabilities", "--mirror"]);
        command.arg(mirror());
        command
    };
    let running: Vec<_> =
        (0..16).map(|_| command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()).collect();
    let first = command().output().unwrap();
    assert!(first.status.success(), "{}", text(&first.stderr));
    for process in running {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(output.stdout == first.stdout, "another report than the first");
    }
    assert!(command().output().unwrap().stdout == first.stdout);
}

/// What is fetched once serves without a network afterwards, and `db` tells about it.
#[test]
fn offline_answers_from_what_was_fetched_before() {
    let plimsoll = Plimsoll::new();
    let online = plimsoll.scan(&alma(), &[]);
    let offline = plimsoll.run(&["scan", &alma(), "--offline", "-o", "json"]);
    let offline: Value = serde_json::from_slice(&offline.stdout).unwrap();
    assert_eq!(offline["findings"], online["findings"]);

    let status = text(&plimsoll.run(&["db", "status"]).stdout);
    assert!(status.contains("almalinux:9") && status.contains("cisa-kev"), "{status}");
    let update = plimsoll.command(&["db", "update", "--mirror"]).arg(mirror()).output().unwrap();
    assert!(update.status.success(), "{}{}", text(&update.stdout), text(&update.stderr));
    let found = text(&plimsoll.run(&["db", "search", "CVE-2022-1271"]).stdout);
    assert!(found.contains("ALSA-2022:4940") && found.contains("xz-libs"), "{found}");
}

#[test]
fn help_fits_eighty_columns_and_names_every_verb() {
    let help = text(&Plimsoll::new().run(&["--help"]).stdout);
    assert!(help.contains("scan") && help.contains("db"), "{help}");
    for verb in [&["scan", "-h"][..], &["db", "-h"], &["db", "update", "-h"], &["checks", "-h"]] {
        let help = text(&Plimsoll::new().run(verb).stdout);
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
}
