//! Every case in `fixtures/advisories/vex`: VEX documents, and what they do to the findings about one image.
//!
//! `image.json` has the image, its packages and its findings. A case is a folder with the documents, applied in the order of
//! their names, and `expected.json`: what became of the findings that changed, and which statements applied to nothing; or
//! the error. `UPDATE_EXPECTED=1 cargo test -p plimsoll-advisories --test vex` rewrites them: read the difference.
#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_advisories::vex::{self, Document};
use plimsoll_model::{Finding, ImageSummary, Inventory};
use serde_json::{Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/advisories/vex")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn image() -> (ImageSummary, Inventory, Vec<Finding>) {
    let image: Value = serde_json::from_slice(&fs::read(folder().join("image.json")).unwrap()).unwrap();
    let part = |key: &str| image[key].clone();
    (
        serde_json::from_value(part("image")).unwrap(),
        serde_json::from_value(part("inventory")).unwrap(),
        serde_json::from_value(part("findings")).unwrap(),
    )
}

/// What the documents of a case do.
fn outcome(case: &Path) -> Value {
    let mut documents = Vec::new();
    for path in files(case).iter().filter(|path| !path.ends_with("expected.json")) {
        let name = path.file_name().unwrap().to_str().unwrap();
        match Document::read(name, &fs::read(path).unwrap()) {
            Ok(document) => documents.push(document),
            Err(error) => return json!({ "error": error.to_string() }),
        }
    }
    let (image, inventory, before) = image();
    let mut after = before.clone();
    let unmatched = vex::apply(&documents, &image, &inventory, &mut after);
    let changed = before.iter().zip(&after).filter(|(before, after)| before != after);
    let changed: Vec<Value> = changed
        .map(|(before, after)| {
            let mut said = json!({ "finding": format!("{} in {}", after.id, after.package()) });
            if before.muted != after.muted {
                said["muted"] = serde_json::to_value(&after.muted).unwrap();
            }
            for (key, before, after) in
                [("evidence", &before.evidence, &after.evidence), ("remedy", &before.remedy, &after.remedy)]
            {
                if before != after {
                    said[key] = json!(after);
                }
            }
            said
        })
        .collect();
    json!({ "findings": changed, "unmatched": unmatched })
}

#[test]
fn every_case_does_what_its_fixture_says() {
    let cases: Vec<_> = files(&folder()).into_iter().filter(|path| path.is_dir()).collect();
    for case in &cases {
        let path = case.join("expected.json");
        let actual = serde_json::to_string_pretty(&outcome(case)).unwrap() + "\n";
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&path, &actual).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert!(actual == expected, "{} differs (UPDATE_EXPECTED=1 rewrites it)\n{actual}", path.display());
    }
    assert!(cases.len() > 30, "only {} cases were found", cases.len());
}

/// A statement is taken from a whole document only: no cut and no changed byte may panic, and what is cut is refused.
#[test]
fn cut_and_damaged_documents_are_refused() {
    for case in ["openvex-statuses", "csaf-product-tree", "cyclonedx-states", "openvex-attested"] {
        let path = folder().join(case).join("document.json");
        let whole = fs::read(&path).unwrap();
        let end = whole.iter().rposition(|byte| *byte == b'}').unwrap();
        for length in 0..end {
            assert!(Document::read(case, &whole[..length]).is_err(), "{case} cut to {length} bytes");
        }
        let (image, inventory, findings) = image();
        for at in (0..whole.len()).step_by(3) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x05;
            if let Ok(document) = Document::read(case, &bytes) {
                vex::apply(&[document], &image, &inventory, &mut findings.clone());
            }
        }
    }
}

/// Neither nesting nor number nor size ends in anything but an error that names the document.
#[test]
fn hostile_documents_are_refused() {
    let deep = |open: &str, close: &str| [open.repeat(100_000), close.repeat(100_000)].concat();
    let nested = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":[],"components":{}}}"#,
        deep(r#"[{"components":"#, "}]").replace(":}", ":[]}")
    );
    let statement = r#"{"vulnerability":"CVE-1","products":["pkg:deb/debian/a"],"status":"fixed"},"#;
    let many = format!(
        r#"{{"@context":"https://openvex.dev/ns","statements":[{}]}}"#,
        statement.repeat(100_001).trim_end_matches(',')
    );
    for document in [deep("[", "]"), nested, deep(r#"{"predicate":"#, "}"), many, " ".repeat((64 << 20) + 1)] {
        let error = Document::read("hostile.json", document.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("hostile.json"), "{error}");
    }
}
