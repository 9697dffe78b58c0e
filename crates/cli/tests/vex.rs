//! VEX documents that are given with a scan and written by one, and explanations, on real images.
#![cfg(test)]

mod support;

use std::collections::BTreeSet;

use serde_json::Value;
use support::{Plimsoll, image, mirror, text};
use tempfile::TempDir;

const DOCUMENT: &str = r#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://acme.example/vex/1",
"author": "Acme Security", "timestamp": "2024-05-01T00:00:00Z", "version": 1, "statements": [
{"vulnerability": {"name": "CVE-2023-50447"}, "products": [{"@id": "pkg:pypi/pillow"}], "status": "not_affected",
 "justification": "vulnerable_code_not_in_execute_path", "impact_statement": "no images are read"},
{"vulnerability": {"name": "CVE-2023-43804"}, "products": [{"@id": "pkg:pypi/urllib3"}], "status": "fixed"},
{"vulnerability": {"name": "CVE-2023-0286"}, "products": [{"@id": "pkg:pypi/cryptography@1.0"}], "status": "fixed"}]}"#;

fn muted(report: &Value) -> BTreeSet<String> {
    let findings = report["findings"].as_array().unwrap().iter().filter(|finding| !finding["muted"].is_null());
    findings.map(|finding| format!("{} {}", finding["id"], finding["package"])).collect()
}

fn reference(name: &str) -> String {
    format!("oci:{}", image(name).join("oci").display())
}

/// What one scan was told to mute, and wrote down, the next one mutes: no more and no less.
#[test]
fn a_written_document_mutes_what_was_muted() {
    let folder = TempDir::new().unwrap();
    let (given, written) = (folder.path().join("vex.json"), folder.path().join("written.json"));
    std::fs::write(&given, DOCUMENT).unwrap();
    let plimsoll = Plimsoll::new();
    let image = reference("python-web");
    let plain = plimsoll.scan(&image, &[]);
    let given = given.to_str().unwrap();
    let output = format!("openvex={}", written.display());
    let first = plimsoll.scan(&image, &["--vex", given, "-o", &output, "--vex-author", "Acme Security"]);
    let second = plimsoll.scan(&image, &["--vex", written.to_str().unwrap()]);
    assert_eq!((muted(&plain).len(), muted(&first).len()), (0, 3));
    assert_eq!(muted(&first), muted(&second));
    assert_eq!(second.get("unmatched"), None, "every statement that was written is about a finding");
    let unmatched = first["unmatched"].as_array().unwrap();
    assert_eq!((unmatched.len(), unmatched[0]["reason"].as_str()), (1, Some("other-version")));
    let document: Value = serde_json::from_slice(&std::fs::read(&written).unwrap()).unwrap();
    assert_eq!(document["author"], "Acme Security");
    let other = plimsoll.scan(&reference("java-app"), &["--vex", written.to_str().unwrap()]);
    assert_eq!((muted(&other).len(), &other["unmatched"][0]["reason"]), (0, &Value::from("other-image")));
}

#[test]
fn a_document_that_cannot_be_used_ends_the_scan_before_it_begins() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("vex.json");
    std::fs::write(&path, DOCUMENT.replace("not_affected", "harmless")).unwrap();
    let output = Plimsoll::new().run(&["scan", &reference("python-web"), "--vex", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    let complaint = text(&output.stderr);
    assert!(complaint.contains("vex.json") && complaint.contains("statements[0].status"), "{complaint}");
}

fn explain(image: &str, arguments: &[&str]) -> String {
    let plimsoll = Plimsoll::new();
    let mut command = plimsoll.command(&["explain", "-q"]);
    let output = command.args(arguments).arg(reference(image)).arg("--mirror").arg(mirror()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn assert_lines(explanation: &str, lines: &[&str]) {
    for line in lines {
        assert!(explanation.lines().any(|it| it.trim_start().starts_with(line)), "no line {line:?} in\n{explanation}");
    }
}

#[test]
fn what_is_affected_is_explained() {
    let told = explain("python-web", &["CVE-2023-50447", "--package", "Pillow"]);
    let lines = [
        "Pillow 8.0.0: AFFECTED by CVE-2023-50447: osv (a record of the vulnerability) says so",
        "package    pkg:pypi/pillow@8.0.0",
        "found in   app/venv/lib/python3.11/site-packages/Pillow-8.0.0.egg-info/PKG-INFO",
        "layer      4 of 6, own build: /app/venv/bin/pip install",
        "asked      osv (pypi) of ",
        "installed 8.0.0 < fixed 10.2.0, in the order of pypi versions",
        "decides (a record of the vulnerability)",
        "severity   critical by ",
        "exploited  not known to be",
        "remedy     upgrade Pillow to ≥ 10.2.0",
    ];
    assert_lines(&told, &lines);
    // A list of requirements was copied before, and did not install it.
    let told = explain("python-web", &["CVE-2023-43804", "--package", "urllib3"]);
    assert_lines(&told, &["layer      4 of 6, own build: /app/venv/bin/pip install"]);
}

#[test]
fn what_is_outdated_is_explained_by_its_id() {
    let folder = TempDir::new().unwrap();
    let (root, dates) = (folder.path().join("root"), folder.path().join("mirror"));
    std::fs::create_dir_all(root.join("etc")).unwrap();
    std::fs::write(root.join("etc/os-release"), "ID=debian\nVERSION_ID=10\n").unwrap();
    std::fs::create_dir(&dates).unwrap();
    std::os::unix::fs::symlink(mirror().canonicalize().unwrap().join("eol"), dates.join("eol")).unwrap();
    let plimsoll = Plimsoll::new();
    let mut command = plimsoll.command(&["explain", "-q", "eol-debian-10", "--mirror"]);
    let output = command.arg(&dates).arg(format!("dir:{}", root.display())).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let lines = [
        "debian 10: OUTDATED, EOL-debian-10: Debian 10 (buster) reached end of life on 2022-09-10",
        "title      Debian 10 (buster) is past its end of life",
        "asked      endoflife (lifecycle) of ",
        "severity   ",
        "remedy     move to Debian ",
    ];
    assert_lines(&text(&output.stdout), &lines);
}

#[test]
fn checks_are_explained_by_their_ids() {
    let told = explain("python-web", &["CFG-001"]);
    let lines = [
        "title      Runs as root",
        "CFG-001 is a check of the image: FAILED in 1 place",
        "found      config.user: ",
        "remedy     ",
        "standards  ",
        "rules      plimsoll checks show CFG-001",
    ];
    assert_lines(&told, &lines);
    assert!(!told.contains("not known") && !told.contains("  data "), "{told}");
    // Secrets have findings of their rules, to which the check refers.
    let told = explain("java-app", &["sec-001"]);
    assert_lines(&told, &["SEC-001 is a check of the image: ", "why        ", "severity   critical"]);
    let licences = explain("python-web", &["LIC-002"]);
    assert!(!licences.contains("not assessed"), "{licences}");
    assert_lines(&explain("go-static", &["K8S-001"]), &["K8S-001 is a check of Kubernetes manifests: not assessed: "]);
    let told: Value = serde_json::from_str(&explain("python-web", &["CFG-001", "-o", "json"])).unwrap();
    assert_eq!((&told["check"]["result"], &told["check"]["found"][0]["id"]), (&"fail".into(), &"CFG-001".into()));
}

#[test]
fn a_package_that_is_misspelt_is_named() {
    let told = explain("python-web", &["CVE-2023-50447", "--package", "pilow"]);
    assert_lines(&told, &["no package of the image is called pilow; did you mean Pillow?"]);
}

#[test]
fn what_is_not_affected_is_explained_too() {
    let told = explain("debian-bullseye-slim", &["CVE-2022-0778"]);
    let lines = [
        "libssl1.1 1.1.1w-0+deb11u1: not affected by CVE-2022-0778: debian-tracker (the vendor's tracker) says so",
        "said       debian-tracker (debian:11), CVE-2022-0778: openssl < 1.1.1k-1+deb11u2: fixed",
        "installed 1.1.1w-0+deb11u1 > fixed 1.1.1k-1+deb11u2, in the order of deb versions",
        "decides (the vendor's tracker)",
        "does not decide: the vendor's tracker comes before an erratum",
    ];
    assert_lines(&told, &lines);
    let told = explain("debian-bullseye-slim", &["CVE-1999-99999"]);
    assert_lines(
        &told,
        &["CVE-1999-99999 is not known to the data at hand", "data       debian-tracker (debian:11) of "],
    );
    let told: Value = serde_json::from_str(&explain("debian-bullseye-slim", &["DSA-5103", "-o", "json"])).unwrap();
    assert_eq!(told["names"], serde_json::json!(["CVE-2021-4160", "CVE-2022-0778"]));
    assert!(told["packages"].as_array().unwrap().iter().all(|one| one["outcome"] == "not_affected"));
}
