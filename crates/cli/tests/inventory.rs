//! A real image has the same inventory wherever it is read from, and it is what the package manager itself says.
#![cfg(test)]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{Plimsoll, Registry, image, packages, tool, unpack, without_layers};
use tempfile::TempDir;

/// What the image's own package manager lists, read from its unpacked root.
type Oracle = fn(&Path) -> String;

fn dpkg(root: &Path) -> String {
    let database = format!("--admindir={}", root.join("var/lib/dpkg").display());
    tool("dpkg", "dpkg-query", &[&database, "-W", "-f", "${Package} ${Version} ${Architecture}\n"])
}

fn rpm(root: &Path) -> String {
    let format = "%{NAME} %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE} %{ARCH}\n";
    let database = if root.join("var/lib/rpm").is_dir() { "/var/lib/rpm" } else { "/usr/lib/sysimage/rpm" };
    tool("rpm", "rpm", &["--root", root.to_str().unwrap(), "--dbpath", database, "-qa", "--qf", format])
}

fn check(name: &str, ecosystem: &str, oracle: Option<Oracle>) -> Value {
    let image = image(name);
    let layout = image.join("oci");
    let scratch = TempDir::new().unwrap();
    let root = unpack(&layout, scratch.path());
    let registry = Registry::start();
    let pushed = registry.push(&layout, &format!("test/{name}:v1"));
    let plimsoll = Plimsoll::new();

    let report = plimsoll.scan(&format!("oci:{}", layout.display()), &[]);
    let found = packages(&report, ecosystem);
    assert!(!found.is_empty(), "{name} has no {ecosystem} packages");
    if let Some(oracle) = oracle {
        let listed = oracle(&root);
        let mut expected: Vec<&str> = listed.lines().filter(|line| !line.starts_with("gpg-pubkey ")).collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{name}: ours, then the package manager's");
    }

    let places = [
        format!("archive:{}", image.join("docker.tar").display()),
        format!("dir:{}", root.display()),
        pushed,
        layout.display().to_string(),
    ];
    for place in places {
        // Nothing may come from what another place left in the cache.
        let other = plimsoll.scan(&place, &["--verify-diff-ids", "--no-layer-cache"]);
        assert_eq!(without_layers(&other), without_layers(&report), "{name} from {place}");
        assert_eq!(vulnerabilities(&other), vulnerabilities(&report), "{place}");
    }
    report
}

/// How many there are. A folder has no config, so that less can be misconfigured in it.
fn vulnerabilities(report: &Value) -> usize {
    report["findings"].as_array().unwrap().iter().filter(|finding| finding["kind"] == "vulnerability").count()
}

#[test]
fn debian_bullseye() {
    check("debian-bullseye-slim", "deb", Some(dpkg));
}

#[test]
fn almalinux_9_with_sqlite() {
    check("almalinux-9-sqlite", "rpm", Some(rpm));
}

#[test]
fn almalinux_8_with_modules() {
    check("almalinux-8-sqlite", "rpm", Some(rpm));
}

#[test]
fn almalinux_9_at_the_newer_path() {
    check("almalinux-9-sysimage", "rpm", Some(rpm));
}

/// Debian's rpm cannot read NDB; the image holds the same packages as the one with SQLite.
#[test]
fn almalinux_9_with_ndb() {
    let report = check("almalinux-9-ndb", "rpm", None);
    let sibling = Plimsoll::new().scan(&format!("oci:{}", image("almalinux-9-sqlite").join("oci").display()), &[]);
    assert_eq!(packages(&report, "rpm"), packages(&sibling, "rpm"));
}
