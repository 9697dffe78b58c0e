//! The standards and deadlines that are built in: whole, and about checks that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use plimsoll_judge::checks::Pack;
use plimsoll_judge::compliance::{STANDARDS, Spec, Status, UnknownStandard, standard, standards};
use plimsoll_judge::deadlines::{self, DEADLINES, Deadlines};
use plimsoll_model::{Automation, Severity};
use serde_json::{Map, Value, json};

use crate::sketch::{root, text};

/// Every id that a standard may name: of the checks, from their files' metadata.
pub fn catalogue() -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut open = vec![root().join("checks")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rego") {
                ids.extend(id(&path));
            }
        }
    }
    ids
}

fn id(path: &Path) -> Option<String> {
    let text = text(path);
    let mut comments = text.lines().map_while(|line| line.strip_prefix('#'));
    comments.find_map(|line| Some(line.trim().strip_prefix("id:")?.trim().trim_matches('"').to_owned()))
}

fn files(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_file_is_in_its_table_under_its_own_id() {
    let ids: BTreeSet<String> = STANDARDS.iter().map(|(id, _)| (*id).to_owned()).collect();
    assert_eq!(ids, files("checks/compliance"));
    for (id, file) in STANDARDS {
        assert_eq!(Spec::parse(id, file).unwrap().id, *id);
    }
    let ids: BTreeSet<String> = DEADLINES.iter().map(|(id, _)| (*id).to_owned()).collect();
    assert_eq!(ids, files("checks/deadlines"));
    for (id, file) in DEADLINES {
        assert_eq!(Deadlines::parse(id, file).unwrap().id, *id);
    }
}

#[test]
fn every_name_in_a_standard_exists() {
    let checks = Pack::builtin().unwrap().catalogue();
    let sets: BTreeSet<&str> = DEADLINES.iter().map(|(id, _)| *id).collect();
    for spec in standards().unwrap() {
        spec.check_names(&spec.id, &checks, &sets).unwrap();
        if let Status::SupersededBy(id) = &spec.status {
            standard(id).unwrap();
        }
    }
    for set in deadlines::deadlines().unwrap() {
        if let Status::SupersededBy(id) = &set.status {
            assert!(sets.contains(id.as_str()), "{}: {id}", set.id);
        }
    }
}

#[test]
fn every_control_says_who_decides_and_how() {
    for spec in standards().unwrap() {
        for control in &spec.controls {
            let at = format!("{} {}", spec.id, control.id);
            assert!(control.severity > Severity::Negligible, "{at}");
            let decides = !(control.checks.is_empty() && control.also.is_empty() && control.findings.is_empty());
            assert!(decides || control.automation != Automation::Automated, "{at}");
            let mut named: Vec<&String> =
                [&control.checks, &control.also, &control.shown].into_iter().flatten().collect();
            named.sort();
            let count = named.len();
            named.dedup();
            assert_eq!(count, named.len(), "{at}: a check is named twice");
            assert!(!control.title.ends_with('.') && control.title.len() < 100, "{at}: {}", control.title);
        }
    }
}

/// The benchmarks and standards whose texts are not free begin every recommendation alike, or speak of what is in scope.
#[test]
fn titles_are_not_those_of_texts_that_are_not_free() {
    const PHRASES: [&str; 8] = [
        "ensure that",
        "ensure ",
        "are not used unless",
        "system components",
        "defined approach",
        "the entity",
        "cardholder data environment",
        "shall be",
    ];
    for spec in standards().unwrap() {
        for control in spec.controls {
            let words = format!("{} {}", control.title, control.question).to_lowercase();
            let copied = PHRASES.iter().find(|phrase| words.contains(*phrase));
            assert_eq!(copied, None, "{} {}: {words}", spec.id, control.id);
        }
    }
}

/// A check that no control names counts through its family. These are the families that a standard says nothing about.
#[test]
fn no_check_is_orphaned() {
    const SILENT: [(&str, &[&str]); 7] = [
        ("nist-800-53", &[]),
        ("iso-27001", &["K8S", "DKF"]),
        ("soc-2", &["K8S", "DKF"]),
        ("pci-dss", &["LIC", "K8S", "DKF"]),
        ("cis-docker", &["LIC", "MAL", "K8S", "DKF"]),
        ("eu-cra", &["K8S", "DKF"]),
        ("nist-800-190", &["LIC", "DKF", "K8S"]),
    ];
    for (id, silent) in SILENT {
        let spec = standard(id).unwrap();
        for check in catalogue() {
            let family = check.split('-').next().unwrap();
            let mut lists = spec.controls.iter().flat_map(|control| [&control.checks, &control.also, &control.shown]);
            let is_named = lists.any(|list| list.contains(&check));
            let has_family = spec.controls.iter().any(|control| control.rest.iter().any(|rest| rest == family));
            assert!(is_named || has_family || silent.contains(&family), "{id}: {check} counts nowhere");
        }
    }
}

#[test]
fn the_nearest_standard_is_suggested() {
    let error = standard("cis-dokcer").unwrap_err();
    assert_eq!(error.to_string(), "there is no standard \"cis-dokcer\"; did you mean cis-docker?");
    assert!(matches!(error, UnknownStandard::Name(..)));
    let unknown = standard("entirely-else").unwrap_err().to_string();
    assert!(unknown.starts_with("there is no standard \"entirely-else\"; there are cis-docker, "), "{unknown}");
}

const GOOD: &str = r#"
apiVersion: compliance/v1
id: own
title: Own rules
edition: "1"
source: {name: Own, published: "2026", retrieved: "2026-11-23"}
status: active
controls:
  - id: "1"
    title: Something
    automation: automated
    severity: high
    checks: [CFG-001]
"#;

#[test]
fn mistakes_in_own_standards_are_told_with_their_place() {
    let none = Map::new();
    let checks = BTreeMap::from([("CFG-001", &none), ("CFG-010", &none)]);
    let known = BTreeSet::from(["default"]);
    let parse = |text: &str| Spec::parse_own("own.yaml", text, &checks, &known);
    assert_eq!(parse(GOOD).unwrap().controls.len(), 1);
    for (from, to, expected) in [
        (
            "    checks: [CFG-001]",
            "    checks: [CFG-0O1]",
            "own.yaml: control 1: there is no check CFG-0O1; did you mean CFG-001?",
        ),
        ("    checks:", "    chekcs:", "own.yaml: control 1: unknown field chekcs; did you mean checks?"),
        (
            "    severity: high",
            "    severity: hihg",
            "own.yaml: control 1: severity is \"hihg\", which is none of critical, high, medium, low, negligible, unknown; did you mean high?",
        ),
        (
            "    checks: [CFG-001]\n",
            "",
            "own.yaml: control 1: it is automated, but names neither checks nor findings: nothing could decide it",
        ),
        ("    severity: high\n", "", "own.yaml: control 1: severity is missing: critical, high, medium or low"),
        (
            "  - id: \"1\"",
            "  - id: 4.10",
            "own.yaml: control number 1: id has to be text (in quotes where it looks like a number), not 4.1",
        ),
        (
            "    title: Something",
            "    title: Something\n    titel: x",
            "own.yaml: control 1: unknown field titel; did you mean title?",
        ),
        (
            "automation: automated",
            "automation: manual",
            "own.yaml: control 1: question is missing: say what the person who decides has to answer",
        ),
        (
            "checks: [CFG-001]",
            "findings: [{state: overdue}]",
            "own.yaml: control 1: findings: state is there without deadline: say which set of deadlines",
        ),
        (
            "checks: [CFG-001]",
            "findings: [{deadline: defualt}]",
            "own.yaml: control 1: there is no set of deadlines defualt; did you mean default?",
        ),
        (
            "checks: [CFG-001]",
            "findings: [{kind: vulnerabilty}]",
            "own.yaml: control 1: findings: kind is \"vulnerabilty\", which is none of vulnerability, outdated, misconfiguration, secret, licence, malware; did you mean vulnerability?",
        ),
        ("status: active", "status: actve", "own.yaml: status is \"actve\"; active, draft or \"superseded-by: ID\""),
        (
            "retrieved: \"2026-11-23\"",
            "retrieved: yesterday",
            "own.yaml: source: retrieved is \"yesterday\", which is no day: write it as 2026-11-23",
        ),
        ("compliance/v1", "compliance/v2", "own.yaml: apiVersion is compliance/v2; this version reads compliance/v1"),
        ("status: active", "status: active\nprofile: {}", "own.yaml: unknown field profile; did you mean profiles?"),
    ] {
        let broken = GOOD.replace(from, to);
        assert_ne!(broken, GOOD, "{from}");
        assert_eq!(parse(&broken).unwrap_err().to_string(), expected);
    }
    let twice =
        format!("{GOOD}  - {{id: \"1\", title: Again, automation: manual, severity: low, question: \"Well?\"}}\n");
    assert_eq!(parse(&twice).unwrap_err().to_string(), "own.yaml: control 1 is there twice");
    assert!(parse("{").unwrap_err().to_string().starts_with("own.yaml: not the YAML it should be: "));
    assert!(parse("").is_err());
}

#[test]
fn a_standard_asks_only_for_what_checks_and_catalogues_have() {
    let none = Map::new();
    let params = |value: Value| value.as_object().unwrap().clone();
    let params = params(json!({"max_age_days": 30, "ports": [22], "score": null}));
    let checks = BTreeMap::from([("CFG-001", &none), ("CFG-010", &none), ("CFG-024", &params)]);
    let sets = BTreeSet::new();
    let parse = |text: &str| Spec::parse_own("own.yaml", &GOOD.replace("checks: [CFG-001]", text), &checks, &sets);
    let asks = "checks: [CFG-024]\n    oscal: si-2.3\n    params: {CFG-024: {max_age_days: 7.5, ports: [], score: 9}}";
    assert_eq!(parse(asks).unwrap().controls[0].oscal, "si-2.3");
    for (asks, expected) in [
        (
            "checks: [CFG-024]\n    params: {CFG-024: {max_age: 30}}",
            "own.yaml: control 1: params: CFG-024 has no parameter max_age; there are max_age_days, ports, score",
        ),
        (
            "checks: [CFG-024]\n    params: {CFG-024: {max_age_day: 30}}",
            "own.yaml: control 1: params: CFG-024 has no parameter max_age_day; did you mean max_age_days?",
        ),
        (
            "checks: [CFG-024]\n    params: {CFG-042: {max_age_days: 30}}",
            "own.yaml: control 1: params: there is no check CFG-042; did you mean CFG-001?",
        ),
        (
            "checks: [CFG-024]\n    params: {CFG-024: {max_age_days: \"30\"}}",
            "own.yaml: control 1: params: max_age_days of CFG-024 has to be a number, not \"30\"",
        ),
        (
            "checks: [CFG-024]\n    params: {CFG-024: {ports: 22}}",
            "own.yaml: control 1: params: ports of CFG-024 has to be a list, not 22",
        ),
        (
            "checks: [CFG-001]\n    oscal: IA-5",
            "own.yaml: control 1: oscal is \"IA-5\", which is no control of NIST SP 800-53: write it as ia-5 or si-2.3",
        ),
        (
            "checks: [CFG-001]\n    oscal: ia-5(7)",
            "own.yaml: control 1: oscal is \"ia-5(7)\", which is no control of NIST SP 800-53: write it as ia-5 or si-2.3",
        ),
    ] {
        assert_eq!(parse(asks).unwrap_err().to_string(), expected);
    }
}

/// Every cut of every document that is built in ends in a value or a mistake.
#[test]
fn documents_cut_short_do_no_harm() {
    for (id, file) in STANDARDS.iter().chain(DEADLINES) {
        for cut in (0..file.len()).step_by(997).filter(|cut| file.is_char_boundary(*cut)) {
            let _ = Spec::parse(id, &file[..cut]);
            let _ = Deadlines::parse(id, &file[..cut]);
        }
    }
}
