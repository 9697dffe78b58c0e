//! Users' YARA rules on whole images; without the engine, the answer that it is not there.
#![cfg(test)]

mod support;

use support::{Plimsoll, text};
use tempfile::TempDir;

#[test]
#[cfg(not(feature = "yara"))]
fn a_build_without_the_engine_says_how_to_get_it() {
    let folder = TempDir::new().unwrap();
    let rules = folder.path().join("x.yar");
    std::fs::write(&rules, "rule x { condition: true }").unwrap();
    let output = Plimsoll::new().run(&["scan", "dir:.", "--yara", rules.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("--features yara") && said.lines().count() == 1, "{said}");
    assert!(output.stdout.is_empty());
}

#[cfg(feature = "yara")]
mod engine {
    use serde_json::{Value, json};

    use super::support::layers::{Layer, hex, layout};
    use super::*;

    /// Finds what the tests plant; its words try to reach the terminal.
    const RULES: &str = r#"
rule Planted : red team {
    meta:
        description = "A file that the tests planted\x1b[31m"
        author = "the tests"
        reference = "https://example.org/planted"
        severity = "critical"
    strings:
        $a = "planted by the tests"
    condition:
        $a
}
"#;
    const LOW: &str = "rule Any_Script { meta: score = 20 strings: $a = \"#!/bin/sh\" condition: $a at 0 }";
    const FILE: &str = "x\u{1b}[2J planted by the tests";

    /// Rules in a folder with a file that is none.
    fn rules(folder: &TempDir) -> String {
        let below = folder.path().join("rules/more");
        std::fs::create_dir_all(&below).unwrap();
        std::fs::write(folder.path().join("rules/planted.yar"), RULES).unwrap();
        std::fs::write(below.join("low.yara"), LOW).unwrap();
        std::fs::write(below.join("README.txt"), "rule broken {").unwrap();
        folder.path().join("rules").display().to_string()
    }

    fn planted(folder: &TempDir) -> String {
        let large = [vec![b' '; 33 << 20], b"planted by the tests".to_vec()].concat();
        let layers = vec![
            Layer::new().file("etc/os-release", 0o644, "ID=debian\n").file("srv/deleted.bin", 0o644, FILE),
            Layer::new()
                .file("srv/.wh.deleted.bin", 0o644, "")
                .file("usr/share/doc/live.txt", 0o644, FILE)
                .file("srv/plain.txt", 0o644, "nothing of interest")
                .file("srv/large.bin", 0o644, large),
        ];
        layout(folder, layers, &json!({}), &[]).display().to_string()
    }

    fn scan(plimsoll: &Plimsoll, image: &str, rules: &str, more: &[&str]) -> Value {
        let arguments = [&["scan", image, "--yara", rules, "--scanners", "malware", "-o", "json"], more].concat();
        let output = plimsoll.run(&arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn found(report: &Value) -> Vec<(&str, bool)> {
        let of = |finding: &'_ Value| finding["category"] == "yara";
        let findings = report["findings"].as_array().unwrap().iter().filter(|finding| of(finding));
        let mut found: Vec<(&str, bool)> = findings
            .map(|finding| (finding["locations"][0]["path"].as_str().unwrap(), finding["hidden"] == true))
            .collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn files_of_all_layers_are_found_and_what_was_too_large_is_said() {
        let folder = TempDir::new().unwrap();
        let (plimsoll, image, rules) = (Plimsoll::new(), planted(&folder), rules(&folder));
        let cold = scan(&plimsoll, &image, &rules, &[]);
        assert_eq!(found(&cold), [("srv/deleted.bin", true), ("usr/share/doc/live.txt", false)]);
        let findings = cold["findings"].as_array().unwrap();
        let live = findings.iter().find(|finding| finding["locations"][0]["path"] == "usr/share/doc/live.txt").unwrap();
        for (field, expected) in [
            ("id", json!("MAL-001")),
            ("severity", json!("critical")),
            ("rule", json!("Planted")),
            ("source", json!(format!("{rules}/planted.yar"))),
            ("author", json!("the tests")),
            ("references", json!(["https://example.org/planted"])),
            ("tags", json!(["red", "team"])),
            ("sha256", json!(hex(FILE.as_bytes()))),
            ("matches", json!([{"offset": 6, "length": 20, "pattern": "$a"}])),
        ] {
            assert_eq!(live[field], expected, "{field}");
        }
        let gaps = cold["gaps"].as_array().unwrap();
        let too_large =
            |gap: &&Value| gap["location"] == "srv/large.bin" && gap["message"].as_str().unwrap().contains("yara");
        assert_eq!(gaps.iter().filter(too_large).count(), 1, "{gaps:#?}");
        let warm = scan(&plimsoll, &image, &rules, &[]);
        assert_eq!(cold, warm);
    }

    #[test]
    fn other_rules_read_the_layers_anew() {
        let folder = TempDir::new().unwrap();
        let (plimsoll, rules) = (Plimsoll::new(), rules(&folder));
        let image =
            layout(&folder, vec![Layer::new().file("a", 0o644, "one").file("b", 0o644, "two")], &json!({}), &[]);
        let image = image.display().to_string();
        assert_eq!(found(&scan(&plimsoll, &image, &rules, &[])), []);
        std::fs::write(folder.path().join("rules/new.yar"), "rule New { strings: $a = \"two\" condition: $a }")
            .unwrap();
        assert_eq!(found(&scan(&plimsoll, &image, &rules, &[])), [("b", false)]);
    }

    #[test]
    fn what_files_and_rules_hold_never_reaches_the_terminal_raw() {
        let folder = TempDir::new().unwrap();
        let (plimsoll, image, rules) = (Plimsoll::new(), planted(&folder), rules(&folder));
        for format in ["table", "html", "sarif", "csv"] {
            let output = plimsoll.run(&["scan", &image, "--yara", &rules, "--scanners", "malware", "-o", format]);
            let said = text(&output.stdout) + &text(&output.stderr);
            assert!(said.contains("Planted"), "{format}: {said}");
            assert!(!said.contains('\u{1b}'), "{format}: {said:?}");
        }
    }

    #[test]
    fn the_gate_hears_of_it() {
        let folder = TempDir::new().unwrap();
        let (plimsoll, image, rules) = (Plimsoll::new(), planted(&folder), rules(&folder));
        let output =
            plimsoll.run(&["scan", &image, "--yara", &rules, "--scanners", "secrets", "--fail-on", "critical", "-q"]);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    }

    #[test]
    fn rules_that_are_wrong_end_the_scan_before_it_begins() {
        let folder = TempDir::new().unwrap();
        let wrong = folder.path().join("wrong.yar");
        std::fs::write(&wrong, "rule x {\n  condition: $a\n}\n").unwrap();
        let plimsoll = Plimsoll::new();
        let said = |path: &str| {
            let output = plimsoll.run(&["scan", "oci:/nowhere", "--yara", path]);
            assert_eq!(output.status.code(), Some(3));
            assert!(output.stdout.is_empty());
            text(&output.stderr)
        };
        let told = said(wrong.to_str().unwrap());
        assert!(told.contains("wrong.yar:2:14: unknown pattern `$a`"), "{told}");
        assert!(said("/nowhere/x.yar").contains("/nowhere/x.yar"));
        let empty = folder.path().join("empty");
        std::fs::create_dir(&empty).unwrap();
        assert!(said(empty.to_str().unwrap()).contains("no .yar or .yara file"));
        std::fs::write(empty.join("x.yar"), b"rule \xff").unwrap();
        assert!(said(empty.to_str().unwrap()).contains("as text"));
    }
}
