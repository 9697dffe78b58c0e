//! Truth tables: how checks and findings come to a control's result.

use std::collections::BTreeMap;

use plimsoll_judge::compliance::{Context, Parameters, Spec, assess, standards};
use plimsoll_model::{Assessment, Automation, Checked, Finding, Gap, GapKind, GapReason, Severity};
use serde::Deserialize;

use crate::sketch::{Sketch, fixtures};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// A standard as its file would be.
    standard: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    #[serde(default)]
    profile: String,
    #[serde(default)]
    looked_for: Vec<String>,
    #[serde(default)]
    params: Parameters,
    #[serde(default)]
    switched_off: std::collections::BTreeSet<String>,
    #[serde(default)]
    gaps: Vec<GapReason>,
    #[serde(default)]
    checked: Vec<Row>,
    #[serde(default)]
    findings: Vec<Sketch>,
    /// Result by control.
    expected: BTreeMap<String, Assessment>,
    /// What the reason of a control has to say.
    #[serde(default)]
    reasons: BTreeMap<String, String>,
    /// What some evidence of a control has to say.
    #[serde(default)]
    evidence: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    result: Assessment,
    #[serde(default)]
    severity: Severity,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    findings: usize,
    #[serde(default)]
    muted: usize,
    #[serde(default)]
    refers: Vec<String>,
    #[serde(default)]
    grounds: Vec<String>,
}

impl Row {
    fn checked(&self) -> Checked {
        Checked {
            id: self.id.clone(),
            severity: self.severity,
            result: self.result,
            reason: self.reason.clone(),
            findings: self.findings,
            muted: self.muted,
            refers: self.refers.clone(),
            grounds: self.grounds.clone(),
            ..Checked::default()
        }
    }
}

#[test]
fn controls_come_out_as_the_truth_tables_say() {
    for (name, table) in fixtures::<Table>("compliance") {
        let spec = Spec::parse(&name, &table.standard).unwrap();
        for case in table.cases {
            let about = format!("{name}: {}", case.about);
            let gap = |reason: &GapReason| Gap {
                kind: GapKind::Blind,
                location: "debian:12".into(),
                reason: *reason,
                message: "not at hand".into(),
            };
            let gaps: Vec<Gap> = case.gaps.iter().map(gap).collect();
            let looked_for: Vec<&str> = case.looked_for.iter().map(String::as_str).collect();
            let context = Context {
                as_of: "2026-11-29T00:00:00Z",
                profile: if case.profile.is_empty() { "default" } else { &case.profile },
                gaps: &gaps,
                looked_for: &looked_for,
                params: &case.params,
                switched_off: &case.switched_off,
            };
            let checked: Vec<Checked> = case.checked.iter().map(Row::checked).collect();
            let findings: Vec<Finding> = case.findings.iter().map(Sketch::finding).collect();
            let outcome = assess(std::slice::from_ref(&spec), &checked, &findings, &context).remove(0);
            for (id, expected) in &case.expected {
                let control =
                    outcome.controls.iter().find(|control| control.id == *id).expect("a control of the table");
                assert_eq!(control.result, *expected, "{about}: {id}: {control:#?}");
                assert_eq!(control.result == Assessment::Manual, !control.question.is_empty(), "{about}: {id}");
                if let Some(reason) = case.reasons.get(id) {
                    assert!(control.reason.contains(reason), "{about}: {id}: {:?}", control.reason);
                }
                if let Some(words) = case.evidence.get(id) {
                    let mut all = control.evidence.iter().map(|one| format!("{}: {}", one.of, one.message));
                    assert!(all.any(|one| one.contains(words)), "{about}: {id}: {:#?}", control.evidence);
                }
            }
        }
    }
}

fn context<'a>(profile: &'a str, looked_for: &'a [&'a str], params: &'a Parameters) -> Context<'a> {
    const NONE: &std::collections::BTreeSet<String> = &std::collections::BTreeSet::new();
    Context { as_of: "2026-11-29T00:00:00Z", profile, gaps: &[], looked_for, params, switched_off: NONE }
}

/// All checks of the catalogue that a standard names, with one result.
fn all_checked(spec: &Spec, result: Assessment) -> Vec<Checked> {
    let named = spec.controls.iter().flat_map(|control| control.checks.iter().chain(&control.also));
    let mut ids: Vec<&String> = named.collect();
    ids.sort();
    ids.dedup();
    ids.into_iter().map(|id| Checked { id: id.clone(), result, ..Checked::default() }).collect()
}

const KINDS: [&str; 6] = ["vulnerability", "outdated", "misconfiguration", "secret", "licence", "malware"];

#[test]
fn nothing_passes_when_nothing_was_looked_at() {
    let params = Parameters::new();
    for spec in standards().unwrap() {
        for checked in [Vec::new(), all_checked(&spec, Assessment::NotAssessed)] {
            let outcome =
                assess(std::slice::from_ref(&spec), &checked, &[], &context("default", &[], &params)).remove(0);
            for control in outcome.controls {
                let open = matches!(control.result, Assessment::Manual | Assessment::NotAssessed);
                assert!(open, "{} {}: {control:#?}", spec.id, control.id);
            }
        }
    }
}

/// Takes one needed check away at a time: no control that needs it passes any longer.
#[test]
fn each_check_that_a_control_needs_is_needed() {
    for spec in standards().unwrap() {
        let params = spec.parameters();
        let all = all_checked(&spec, Assessment::Pass);
        let context = context("default", &KINDS, &params);
        let whole = assess(std::slice::from_ref(&spec), &all, &[], &context).remove(0);
        for (control, wanted) in whole.controls.iter().zip(&spec.controls) {
            let expected = match wanted.automation {
                _ if spec.evidence_only => Assessment::Manual,
                Automation::Automated => Assessment::Pass,
                Automation::Assisted | Automation::Manual => Assessment::Manual,
            };
            assert_eq!(control.result, expected, "{} {}: {control:#?}", spec.id, control.id);
        }
        for missing in &all {
            let rest: Vec<Checked> = all.iter().filter(|check| check.id != missing.id).cloned().collect();
            let outcome = assess(std::slice::from_ref(&spec), &rest, &[], &context).remove(0);
            for (control, wanted) in outcome.controls.iter().zip(&spec.controls) {
                let needs = wanted.checks.contains(&missing.id);
                assert!(!needs || control.result != Assessment::Pass, "{} {} {}", spec.id, control.id, missing.id);
            }
        }
    }
}

/// Lets one check fail at a time: every control that names it fails, but for those that give no verdicts.
#[test]
fn each_check_that_decides_a_control_can_fail_it() {
    for spec in standards().unwrap().iter().filter(|spec| !spec.evidence_only) {
        let params = spec.parameters();
        let all = all_checked(spec, Assessment::Pass);
        let context = context("default", &KINDS, &params);
        for index in 0..all.len() {
            let mut checked = all.clone();
            checked[index].result = Assessment::Fail;
            checked[index].findings = 1;
            let outcome = assess(std::slice::from_ref(spec), &checked, &[], &context).remove(0);
            for (control, wanted) in outcome.controls.iter().zip(&spec.controls) {
                let id = &checked[index].id;
                if wanted.automation != Automation::Manual && (wanted.checks.contains(id) || wanted.also.contains(id)) {
                    assert_eq!(control.result, Assessment::Fail, "{} {} {id}", spec.id, control.id);
                }
            }
        }
    }
}

#[test]
fn a_standard_that_was_read_long_ago_is_told() {
    let params = Parameters::new();
    let specs = standards().unwrap();
    let notes = |as_of| {
        let context = Context { as_of, ..context("default", &[], &params) };
        let outcome = assess(&specs, &[], &[], &context);
        outcome.iter().filter(|one| one.notes.iter().any(|note| note.contains("months before this report"))).count()
    };
    assert_eq!(notes("2027-11-22T23:59:59Z"), 0);
    assert_eq!(notes("2028-01-01T00:00:00Z"), specs.len());
}

#[test]
fn at_most_twenty_findings_are_named_and_all_are_counted() {
    let spec = "{apiVersion: compliance/v1, id: own, title: Own, edition: '1', status: active, \
        source: {name: Own, published: '2026', retrieved: '2026-11-23'}, controls: [{id: '1', title: None exploited, \
        automation: automated, severity: high, findings: [{kind: vulnerability, exploited: true}]}]}";
    let specs = [Spec::parse("own.yaml", spec).unwrap()];
    let params = Parameters::new();
    let muters = ["a", "b", "b", "b", "c", "d", "d", "e"];
    let sketch = |number: usize| Sketch {
        id: format!("CVE-{number}"),
        kev: true,
        fingerprint: number.to_string(),
        muted: muters.get(number).map(|by| (*by).into()).unwrap_or_default(),
        ..Sketch::default()
    };
    let findings: Vec<Finding> = (0..2163).map(|number| sketch(number).finding()).collect();
    let outcome = assess(&specs, &[], &findings, &context("default", &KINDS, &params)).remove(0);
    let evidence = &outcome.controls[0].evidence[0];
    assert_eq!((evidence.count, evidence.muted, evidence.findings.len()), (2163, 8, 20));
    assert_eq!(evidence.message, "2,155 findings, 8 more muted by b (3), d (2), a (1), 2 others");
    assert_eq!(evidence.findings[0], "8", "what counts is named before what is muted");
}
