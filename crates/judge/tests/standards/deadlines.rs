//! Truth tables: by when a finding has to be mended, and what a history keeps from scan to scan.

use std::collections::BTreeMap;

use plimsoll_judge::deadlines::{self, Deadlines, Entry, Facts, History, Known, Seen, Tagged};
use plimsoll_model::Finding;
use serde::Deserialize;

use crate::sketch::{Sketch, fixtures};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    profile: String,
    as_of: String,
    #[serde(default)]
    finding: Sketch,
    #[serde(default)]
    seen: Option<Days>,
    #[serde(default)]
    known: Inputs,
    /// By step: `state by days clock`, and the message behind a colon where there is one.
    expected: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Days {
    first: String,
    fix: Option<String>,
    exploited: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Inputs {
    exposed: Option<bool>,
    impact: Option<String>,
    exploitable: Option<bool>,
    reachable: Option<bool>,
    automatable: Option<bool>,
    total_impact: Option<bool>,
    fix_released: Option<String>,
    evaluated: Option<String>,
}

impl Inputs {
    fn known(self) -> Known {
        let Self { exposed, impact, exploitable, reachable, automatable, total_impact, fix_released, evaluated } = self;
        Known {
            exposed,
            impact,
            exploitable,
            reachable,
            automatable,
            total_impact,
            fix_released,
            evaluated,
            published: None,
        }
    }
}

#[test]
fn deadlines_are_as_the_truth_tables_say() {
    let sets = deadlines::deadlines().unwrap();
    for (name, table) in fixtures::<Table>("deadlines") {
        for case in table.cases {
            let set = sets.iter().find(|set| set.id == case.profile).expect("a set that is built in");
            let finding = case.finding.finding();
            let entry = case.seen.map(|days| Entry {
                first_seen: days.first,
                fix_first_seen: days.fix,
                exploited_first_seen: days.exploited,
                ..Entry::default()
            });
            let known = case.known.known();
            let facts = Facts { finding: &finding, entry: entry.as_ref(), known: &known, as_of: &case.as_of };
            let outcome: BTreeMap<String, String> = deadlines::due(set, &facts)
                .into_iter()
                .map(|due| {
                    let days = due.days.map(|days| days.to_string()).unwrap_or_default();
                    let parts = [due.state.as_str(), &due.by, &days, &due.clock];
                    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                    let message = if due.message.is_empty() { String::new() } else { format!(": {}", due.message) };
                    (due.step, format!("{}{message}", parts.join(" ")))
                })
                .collect();
            assert_eq!(outcome, case.expected, "{name}: {}", case.about);
        }
    }
}

/// The sixteen rows by a formula of its own, so that a slip in one of them shows.
#[test]
fn bod_26_04_has_all_its_rows() {
    let set = deadlines::deadlines().unwrap().into_iter().find(|set| set.id == "bod-26-04").unwrap();
    for row in 0..16_u8 {
        let [kev, exposed, automatable, total] = [1, 2, 4, 8].map(|bit| row & bit != 0);
        let sketch = Sketch { id: "CVE-1".into(), kev, kev_since: "2026-11-01".into(), ..Sketch::default() };
        let finding = sketch.finding();
        let known = Known {
            exposed: Some(exposed),
            automatable: Some(automatable),
            total_impact: Some(total),
            ..Known::default()
        };
        let entry = Entry { first_seen: "2026-11-01".into(), ..Entry::default() };
        let facts = Facts { finding: &finding, entry: Some(&entry), known: &known, as_of: "2026-11-01T00:00:00Z" };
        let due = deadlines::due(&set, &facts).remove(0);
        let expected = match (kev, exposed, automatable, total) {
            (true, true, true, _) | (true, true, _, true) | (true, _, true, true) | (false, true, true, true) => {
                Some(3)
            }
            (true, ..) | (false, true, true, false) | (false, true, false, true) => Some(14),
            (false, true, false, false) | (false, false, true, _) => Some(60),
            (false, false, false, _) => None,
        };
        assert_eq!(due.days, expected, "{row:04b}");
        let triage = kev && total && (exposed || automatable);
        assert_eq!(due.message.contains("compromise"), triage, "{row:04b}: {}", due.message);
    }
}

const REPOSITORY: &str = "registry.example.org/shop/api";

fn openssl(id: &str, version: &str, fixed: bool) -> Finding {
    Sketch {
        id: id.into(),
        package: format!("pkg:deb/debian/openssl@{version}?arch=amd64"),
        name: "openssl".into(),
        version: version.into(),
        fixed_in: if fixed { vec!["9".into()] } else { Vec::new() },
        ..Sketch::default()
    }
    .finding()
}

fn scan(history: History, findings: &[Finding], day: &str) -> History {
    let as_of = format!("{day}T08:00:00Z");
    history.update(&Seen { findings, repository: REPOSITORY, as_of: &as_of, is_blind: false })
}

#[test]
fn a_history_outlives_rebuilds_upgrades_and_new_ids() {
    let history = scan(History::default(), &[openssl("GHSA-x", "1", false)], "2026-01-01");
    let mut renamed = openssl("CVE-1", "2", true);
    renamed.aliases = vec!["GHSA-x".into()];
    let history = scan(history, &[renamed.clone()], "2026-02-01");
    let history = scan(history, &[], "2026-03-01");
    let gone = history.entry(REPOSITORY, &renamed).unwrap().clone();
    assert_eq!(gone.gone_since.as_deref(), Some("2026-03-01"));
    let history = scan(history, &[renamed.clone(), renamed.clone()], "2026-04-01");
    let entry = history.entry(REPOSITORY, &renamed).unwrap();
    let expected = Entry {
        repository: REPOSITORY.into(),
        id: "CVE-1".into(),
        package: "pkg:deb/debian/openssl".into(),
        first_seen: "2026-01-01".into(),
        last_seen: "2026-04-01".into(),
        fix_first_seen: Some("2026-02-01".into()),
        exploited_first_seen: None,
        gone_since: None,
        reopened: 1,
        digest: None,
    };
    assert_eq!(*entry, expected);
    assert_eq!(history.entries().count(), 1);
    assert_eq!(history.entry("registry.example.org/other", &renamed), None);
}

#[test]
fn a_history_knows_what_a_tag_named() {
    let tagged = |digest| Tagged { tag: "1.4", platform: "linux/amd64", digest };
    let history = History::default().with_tag(REPOSITORY, &tagged("sha256:aa"), "2026-01-02T00:00:00Z");
    assert_eq!(history.tagged(REPOSITORY, "1.4", "linux/amd64"), Some(("sha256:aa", "2026-01-02")));
    for (repository, tag, platform) in
        [("other", "1.4", "linux/amd64"), (REPOSITORY, "1.5", "linux/amd64"), (REPOSITORY, "1.4", "linux/arm64")]
    {
        assert_eq!(history.tagged(repository, tag, platform), None);
    }
    // It is no finding that could go, it outlives the file, and scans of earlier days change nothing.
    let history = scan(history, &[], "2026-01-03");
    let history = History::parse(&history.to_text()).unwrap();
    assert_eq!(history.entries().next().unwrap().gone_since, None);
    let history = history.with_tag(REPOSITORY, &tagged("sha256:00"), "2026-01-01T00:00:00Z");
    assert_eq!(history.tagged(REPOSITORY, "1.4", "linux/amd64"), Some(("sha256:aa", "2026-01-02")));
    let history = history.with_tag(REPOSITORY, &tagged("sha256:bb"), "2026-02-01T00:00:00Z");
    assert_eq!(history.tagged(REPOSITORY, "1.4", "linux/amd64"), Some(("sha256:bb", "2026-02-01")));
}

#[test]
fn a_blind_scan_makes_nothing_go() {
    let history = scan(History::default(), &[openssl("CVE-1", "1", false)], "2026-01-01");
    let seen = Seen { findings: &[], repository: REPOSITORY, as_of: "2026-02-01T00:00:00Z", is_blind: true };
    let entry = history.update(&seen).entries().next().unwrap().clone();
    assert_eq!((entry.last_seen.as_str(), entry.gone_since), ("2026-01-01", None));
}

#[test]
fn the_order_of_scans_and_of_merging_does_not_matter() {
    let (one, other) = (openssl("CVE-1", "1", true), openssl("CVE-2", "1", false));
    let early = scan(History::default(), std::slice::from_ref(&one), "2026-01-01");
    let late = scan(History::default(), &[one.clone(), other.clone()], "2026-02-01");
    let merged = early.clone().merge(late.clone());
    assert_eq!(merged, late.clone().merge(early.clone()));
    assert_eq!(merged.entry(REPOSITORY, &one).unwrap().first_seen, "2026-01-01");
    assert_eq!(scan(late, &[one], "2026-01-01"), merged);
}

#[test]
fn a_history_is_the_same_text_again() {
    let history = scan(History::default(), &[openssl("CVE-2", "1", true), openssl("CVE-1", "1", false)], "2026-01-01");
    let text = history.to_text();
    assert_eq!(
        text,
        "{\"plimsoll-history\":\"1.1\"}\n\
         {\"repository\":\"registry.example.org/shop/api\",\"id\":\"CVE-1\",\"package\":\"pkg:deb/debian/openssl\",\"first_seen\":\"2026-01-01\",\"last_seen\":\"2026-01-01\"}\n\
         {\"repository\":\"registry.example.org/shop/api\",\"id\":\"CVE-2\",\"package\":\"pkg:deb/debian/openssl\",\"first_seen\":\"2026-01-01\",\"last_seen\":\"2026-01-01\",\"fix_first_seen\":\"2026-01-01\"}\n"
    );
    assert_eq!(History::parse(&text).unwrap(), history);
    assert_eq!(History::parse("").unwrap(), History::default());
    for cut in 0..text.len() {
        let _ = History::parse(&text[..cut]);
    }
    let invalid = |text: &str| History::parse(text).unwrap_err().to_string();
    assert!(invalid("{}").starts_with("history: line 1: not the head of a history"));
    assert!(invalid("{\"plimsoll-history\":\"2.0\"}").contains("this program reads 1.x"));
    assert!(invalid(&text.replace("\"id\":\"CVE-2\",", "")).starts_with("history: line 3: not an entry"));
    assert!(
        invalid(&text.replacen("2026-01-01", "yesterday!", 1))
            .ends_with("\"yesterday!\" is no day: write it as 2026-11-23")
    );
}

#[test]
fn findings_are_marked_with_all_that_is_due() {
    let mut findings = vec![openssl("CVE-1", "1", true)];
    findings[0].severity = plimsoll_model::Severity::Critical;
    let history = scan(History::default(), &findings, "2026-11-01");
    let sets: Vec<Deadlines> = deadlines::deadlines()
        .unwrap()
        .into_iter()
        .filter(|set| ["default", "pci"].contains(&set.id.as_str()))
        .collect();
    let mark = |findings: &mut [Finding], history| {
        deadlines::mark(findings, &sets, history, &|_| Known::default(), "2026-11-29T00:00:00Z");
    };
    mark(&mut findings, Some((&history, REPOSITORY)));
    let due: Vec<_> = findings[0].due.iter().map(|due| (due.profile.as_str(), due.state.as_str(), due.days)).collect();
    assert_eq!(due, [("default", "overdue", Some(-21)), ("pci", "due", Some(2))]);
    mark(&mut findings, None);
    assert!(findings[0].due.iter().all(|due| due.state.as_str() == "not-assessed"), "{:?}", findings[0].due);
}

#[test]
fn what_is_not_in_force_says_so() {
    for set in deadlines::deadlines().unwrap() {
        let notes = set.notes_at("2026-11-29T00:00:00Z").len();
        let is_active = set.status == plimsoll_judge::compliance::Status::Active;
        assert_eq!(notes, set.notes.len() + usize::from(!is_active), "{}", set.id);
        assert_eq!(set.notes_at("2028-11-29T00:00:00Z").len(), notes + 1, "{}", set.id);
    }
}

const GOOD: &str = r#"
apiVersion: deadlines/v1
id: own
title: Own
source: {name: Own, published: "2026", retrieved: "2026-11-23"}
status: active
clock: [detected]
limits: {critical: 7}
rules:
  - {when: {severity: low, exposed: true}, days: 100}
"#;

#[test]
fn mistakes_in_own_deadlines_are_told_with_their_place() {
    assert_eq!(Deadlines::parse("own.yaml", GOOD).unwrap().steps[0].rules.len(), 2);
    for (from, to, expected) in [
        ("clock: [detected]", "clock: [detcted]", "own.yaml: there is no clock detcted; did you mean detected?"),
        ("clock: [detected]\n", "", "own.yaml: clock is missing: say what starts it, as in clock: [detected]"),
        ("critical: 7", "critcal: 7", "own.yaml: limits: unknown field critcal; did you mean critical?"),
        ("critical: 7", "critical: -7", "own.yaml: limits: critical has to be a whole number, not -7"),
        (
            "days: 100",
            "days: 100, hours: 1",
            "own.yaml: rule number 1: exactly one of days, hours and until has to say how long there is",
        ),
        ("exposed: true", "exposd: true", "own.yaml: rule number 1: when: unknown field exposd; did you mean exposed?"),
        (
            "status: active",
            "status: active\nkinds: [vulnerabilities]",
            "own.yaml: there is no kind of findings vulnerabilities; did you mean vulnerability?",
        ),
    ] {
        let broken = GOOD.replace(from, to);
        assert_ne!(broken, GOOD, "{from}");
        assert_eq!(Deadlines::parse("own.yaml", &broken).unwrap_err().to_string(), expected);
    }
}
