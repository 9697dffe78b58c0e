//! What goes wrong ends with the right exit code and one clear message, and never with a report that looks clean.
#![cfg(test)]

mod support;

use std::path::Path;
use std::process::Output;

use support::{Plimsoll, image, mirror, text, tool};
use tempfile::TempDir;

/// Runs a scan that must end with `code`, and gives what it said on standard error.
fn refused(plimsoll: &Plimsoll, arguments: &[&str], code: i32) -> String {
    let output: Output = plimsoll.command(&["scan"]).args(arguments).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(output.stdout.is_empty(), "{arguments:?} printed a report: {}", text(&output.stdout));
    assert!(said.starts_with("error: "), "{said}");
    assert!(!said.contains('\u{1b}'), "colour where there is no terminal: {said:?}");
    said
}

/// A layout of a small real image that may be damaged.
fn layout(folder: &Path) -> String {
    let from = image("almalinux-9-sqlite").join("oci");
    tool("coreutils", "cp", &["-r", from.to_str().unwrap(), folder.join("oci").to_str().unwrap()]);
    folder.join("oci").display().to_string()
}

/// The largest blob of a layout: its layer.
fn largest_blob(layout: &str) -> std::path::PathBuf {
    let blobs = std::fs::read_dir(Path::new(layout).join("blobs/sha256")).unwrap();
    blobs.map(|blob| blob.unwrap().path()).max_by_key(|path| path.metadata().unwrap().len()).unwrap()
}

#[test]
fn no_such_image() {
    let plimsoll = Plimsoll::new();
    assert!(refused(&plimsoll, &["oci:/nowhere/at/all"], 3).contains("/nowhere/at/all"));
    assert!(refused(&plimsoll, &["./not-there.tar"], 3).contains("not-there.tar"));
    assert!(refused(&plimsoll, &["Not A Name"], 3).contains("Not A Name"));
}

#[test]
fn unreachable_registry() {
    let said = refused(&Plimsoll::new(), &["127.0.0.1:9/app:1"], 3);
    assert!(said.contains("127.0.0.1:9") && said.contains("do:"), "{said}");
}

#[test]
fn an_unknown_feed_is_answered_with_those_that_there_are() {
    let said = refused(&Plimsoll::new(), &["dir:.", "--feed", "nvd,dreams"], 2);
    assert!(said.contains("\"dreams\"") && said.contains("cisa-kev, epss, nvd"), "{said}");
}

/// A public key that nobody has the other half of.
const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";

#[test]
fn wrong_usage() {
    let plimsoll = Plimsoll::new();
    for arguments in [
        &["scan"][..],
        &["scan", "x", "-o", "tabel"],
        &["scan", "x", "--fail-on", "dreadful"],
        &["scan", "x", "--platform", "linux"],
        &["scan", "x", "--platform", "linux/amd64", "--all-platforms"],
        &["scan", "x", "-o", "table", "-o", "json"],
        &["scan", "dir:.", "--shards", "https://shards.example"],
        &["scan", "dir:.", "--shards", "ftp://shards.example", "--shards-key", KEY],
        &["scan", "dir:.", "--shards", "oci://Not A Name", "--shards-key", KEY],
        &["scan", "dir:.", "--shards-key", "no-key-and-no-file"],
        &["scan", "dir:.", "--mirror", "ftp://mirror.example"],
        &["scan", "dir:.", "--as-of", "2999-01-01"],
        &["explain", "CVE-2024-0001", "dir:.", "--feed", "dreams"],
        &["db", "build"],
        &["db", "update", "dreams:1"],
        &["db", "export", "bundle.tar"],
        &["db", "sign", "."],
        &["db", "verify", "."],
        &["db", "push", ".", "registry.example/shards"],
        &["judge"],
    ] {
        let output = plimsoll.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn damaged_layers_name_themselves() {
    let folder = TempDir::new().unwrap();
    let layout = layout(folder.path());
    let blob = largest_blob(&layout);
    let whole = std::fs::read(&blob).unwrap();
    let digest = blob.file_name().unwrap().to_str().unwrap();

    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let longer = [whole.as_slice(), b"more"].concat();
    for damaged in [&whole[..whole.len() / 2], &flipped, &longer, b""] {
        std::fs::write(&blob, damaged).unwrap();
        let said = refused(&Plimsoll::new(), &[&layout, "--mirror", mirror().to_str().unwrap()], 3);
        assert!(said.contains("layer 0") && said.contains(digest), "{said}");
    }
}

#[test]
fn a_mirror_that_is_not_there() {
    let layout = image("almalinux-9-sqlite").join("oci").display().to_string();
    let said = refused(&Plimsoll::new(), &[&layout, "--mirror", "/nowhere"], 3);
    assert!(said.contains("/nowhere") && said.contains("no such folder"), "{said}");
}

#[test]
fn a_mirror_one_folder_too_high() {
    let above = mirror().canonicalize().unwrap().parent().unwrap().display().to_string();
    let said = refused(&Plimsoll::new(), &["dir:.", "--mirror", &above], 3);
    assert!(said.contains(&format!("no feed found under {above}; did you mean {above}/feeds?")), "{said}");
}

/// Without advisories there is a report, but it says that it is blind, and no gate passes.
#[test]
fn without_advisories_the_gate_cannot_pass() {
    let plimsoll = Plimsoll::new();
    let layout = image("almalinux-9-sqlite").join("oci").display().to_string();
    for blind in [&["--offline"][..], &["--mirror", plimsoll.cache.path().to_str().unwrap()]] {
        let shown = plimsoll.command(&["scan", &layout]).args(blind).output().unwrap();
        assert_eq!(shown.status.code(), Some(0), "{}", text(&shown.stderr));
        let table = text(&shown.stdout);
        assert!(table.contains("almalinux:9") && !table.contains("No known vulnerabilities"), "{table}");

        let gated = plimsoll.command(&["scan", &layout, "--fail-on", "critical"]).args(blind).output().unwrap();
        assert_eq!(gated.status.code(), Some(4), "{}", text(&gated.stderr));
        let allowed = ["scan", &layout, "--fail-on", "critical", "--allow-incomplete"];
        assert_eq!(plimsoll.command(&allowed).args(blind).output().unwrap().status.code(), Some(0));
    }
}

/// A mirror whose tracker ends before the release: what other feeds say of it is not the vendor's word.
#[test]
fn a_release_that_the_vendor_is_silent_about_is_blind() {
    let plimsoll = Plimsoll::new();
    let layout = image("debian-bookworm-slim").join("oci").display().to_string();
    let mirror = mirror();
    let gated =
        plimsoll.command(&["scan", &layout, "--fail-on", "critical", "--mirror"]).arg(&mirror).output().unwrap();
    assert_eq!(gated.status.code(), Some(4), "{}{}", text(&gated.stdout), text(&gated.stderr));
    let table = text(&gated.stdout);
    assert!(table.contains("debian:12") && !table.contains("No known vulnerabilities"), "{table}");
}

#[test]
fn a_report_that_cannot_be_written_leaves_the_old_one() {
    let plimsoll = Plimsoll::new();
    let folder = TempDir::new().unwrap();
    let layout = image("almalinux-9-sqlite").join("oci").display().to_string();
    let path = folder.path().join("gone/report.json");
    let output = format!("json={}", path.display());
    let said = refused(&plimsoll, &[&layout, "--offline", "-o", &output], 3);
    assert!(said.contains("report.json"), "{said}");
}
