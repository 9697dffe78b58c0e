//! The findings of real images equal those of a script that evaluates the publishers' raw records by itself, on the list
//! that the image's own package manager prints, with the distribution's own comparison of versions.
#![cfg(test)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use support::{Plimsoll, checkout, image, mirror, tool, unpack};
use tempfile::TempDir;

/// Tab-separated: name, version, architecture, source, its version, module.
const DPKG_LIST: &str = "${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\t\n";
const RPM_LIST: &str =
    "%{NAME}\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\t%{ARCH}\t\t\t%|MODULARITYLABEL?{%{MODULARITYLABEL}}:{}|\n";

fn ours(report: &Value) -> BTreeSet<String> {
    let field = |value: &Value| value.as_str().unwrap_or("").to_owned();
    // Of languages' packages other data speak.
    let is_system = |finding: &&Value| {
        let is_of = |kind: &str| field(&finding["package"]).starts_with(kind);
        finding["kind"] == "vulnerability" && ["pkg:deb/", "pkg:rpm/"].into_iter().any(is_of)
    };
    let findings = report["findings"].as_array().unwrap().iter().filter(is_system);
    let line = |finding: &Value| {
        let fixed = finding["fixed_in"][0].as_str().unwrap_or("-").to_owned();
        [field(&finding["name"]), field(&finding["version"]), field(&finding["id"]), fixed].join("\t")
    };
    findings.map(line).collect()
}

/// What the script finds; lines in which the module stream decides and nobody knows it end with `?`.
fn theirs(distribution: &str, release: &str, list: &str, folder: &Path) -> BTreeSet<String> {
    let path = folder.join("list.tsv");
    std::fs::write(&path, list).unwrap();
    let script = checkout("crates/advisories/tests/oracle.py");
    let (script, feeds, path) = (script.to_str().unwrap(), mirror(), path.to_str().unwrap());
    let printed = tool("python3", "python3", &[script, distribution, release, feeds.to_str().unwrap(), path]);
    printed.lines().filter(|line| !line.is_empty() && !line.ends_with("\t?")).map(str::to_owned).collect()
}

fn assert_same(found: &BTreeSet<String>, expected: &BTreeSet<String>, at_least: usize) {
    let missed: Vec<&String> = expected.difference(found).take(10).collect();
    let invented: Vec<&String> = found.difference(expected).take(10).collect();
    assert!(missed.is_empty() && invented.is_empty(), "missed {missed:#?}, invented {invented:#?}");
    assert!(found.len() >= at_least, "only {} findings were compared", found.len());
}

fn check_debian(root: &Path, folder: &Path, at_least: usize) {
    let database = format!("--admindir={}", root.join("var/lib/dpkg").display());
    let list = tool("dpkg", "dpkg-query", &[&database, "-W", "-f", DPKG_LIST]);
    let report = Plimsoll::new().scan(&format!("dir:{}", root.display()), &[]);
    assert_same(&ours(&report), &theirs("debian", "11", &list, folder), at_least);
}

/// Writes a version older than all fixes into three of four records of the status file.
fn make_older(root: &Path) {
    let path = root.join("var/lib/dpkg/status");
    let status = std::fs::read_to_string(&path).unwrap();
    let older = status.split("\n\n").enumerate().map(|(number, record)| {
        let lines = record.lines().map(|line| match line.split_once(": ") {
            Some(("Version", version)) if number % 4 != 0 => {
                let epoch = version.split_once(':').map_or(String::new(), |(epoch, _)| format!("{epoch}:"));
                format!("Version: {epoch}0.0.1-1")
            }
            Some(("Source", source)) if number % 4 != 0 => format!("Source: {}", source.split(' ').next().unwrap()),
            _ => line.to_owned(),
        });
        lines.collect::<Vec<_>>().join("\n")
    });
    let older: Vec<String> = older.collect();
    std::fs::write(&path, older.join("\n\n") + "\n").unwrap();
}

#[test]
fn debian_11_as_it_is_and_with_older_versions() {
    let folder = TempDir::new().unwrap();
    let root = unpack(&image("debian-bullseye-slim").join("oci"), folder.path());
    check_debian(&root, folder.path(), 0);
    make_older(&root);
    check_debian(&root, folder.path(), 30);
}

fn check_almalinux(name: &str, release: &str, at_least: usize) {
    let folder = TempDir::new().unwrap();
    let layout = image(name).join("oci");
    let root = unpack(&layout, folder.path());
    let list =
        tool("rpm", "rpm", &["--root", root.to_str().unwrap(), "--dbpath", "/var/lib/rpm", "-qa", "--qf", RPM_LIST]);
    let report = Plimsoll::new().scan(&format!("oci:{}", layout.display()), &[]);
    assert_same(&ours(&report), &theirs("almalinux", release, &list, folder.path()), at_least);
}

#[test]
fn almalinux_8_with_modules() {
    check_almalinux("almalinux-8-sqlite", "8", 500);
}

#[test]
fn almalinux_9() {
    check_almalinux("almalinux-9-sqlite", "9", 1000);
}
