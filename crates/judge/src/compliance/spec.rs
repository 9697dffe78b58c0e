//! What a standard asks for, as data.

use std::collections::BTreeMap;

use plimsoll_model::{Automation, Severity};
use serde_json::Value;

use super::Query;
use crate::day;

/// After so many months a standard may have moved on.
const STALE_AFTER_MONTHS: i32 = 12;

/// Parameters of checks: by the check's id, then by name.
pub type Parameters = BTreeMap<String, BTreeMap<String, Value>>;

/// One standard.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// `cis-docker`.
    pub id: String,
    /// Its name, in our own words.
    pub title: String,
    /// `CIS Docker Benchmark 1.8.0`.
    pub edition: String,
    /// Where it was read.
    pub source: Source,
    /// Whether it is in force.
    pub status: Status,
    /// What has to be said beside every result.
    pub notes: Vec<String>,
    /// It says which evidence speaks to which control, and gives no verdict on any.
    pub evidence_only: bool,
    /// Checks that only count through their family fail a control; else they are shown beside it.
    pub rest_decides: bool,
    /// In the order of the standard.
    pub controls: Vec<ControlSpec>,
    /// How strictly it can be applied.
    pub profiles: Vec<Profile>,
}

/// Where a standard or a set of deadlines was read. Days are `YYYY-MM-DD`, months `YYYY-MM`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// Who published what.
    pub name: String,
    /// Where it is, or empty.
    pub url: String,
    /// When it was published.
    pub published: String,
    /// The day on which what is here was compared with it.
    pub retrieved: String,
}

/// Whether something is in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Status {
    /// It is.
    #[default]
    Active,
    /// It was proposed, or was not compared with the final text.
    Draft,
    /// Something else took its place.
    SupersededBy(String),
}

/// How strictly a standard is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// `default`, `strict`.
    pub name: String,
    /// What a waiver mutes does not fail a control. VEX statements and vendors' verdicts are facts, and always count.
    pub waivers: bool,
    /// Controls of this severity or worse that could not be assessed count as failed.
    pub unassessed_fails_from: Option<Severity>,
}

/// What one control asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ControlSpec {
    /// As the standard numbers it.
    pub id: String,
    /// In our own words.
    pub title: String,
    /// Who decides.
    pub automation: Automation,
    /// How much it weighs.
    pub severity: Severity,
    /// Checks that have to be assessed, and of which none may fail: `CFG-001`, `SEC-*`.
    pub checks: Vec<String>,
    /// Checks of which none may fail, where they were run.
    pub also: Vec<String>,
    /// Checks that are shown beside it and decide nothing: they speak to it, but it does not ask for them.
    pub shown: Vec<String>,
    /// Families whose checks count here when no control of the standard names them.
    pub rest: Vec<String>,
    /// Findings that there must not be.
    pub findings: Vec<Query>,
    /// What a person has to answer, or empty.
    pub question: String,
    /// The control of NIST SP 800-53 that it stands for in OSCAL, or empty.
    pub oscal: String,
    /// With which parameters the checks have to be run.
    pub params: Parameters,
}

impl Spec {
    /// What every control's checks have to be run with, to be given to those who run them.
    #[must_use]
    pub fn parameters(&self) -> Parameters {
        let mut all = Parameters::new();
        for (check, params) in self.controls.iter().flat_map(|control| &control.params) {
            all.entry(check.clone()).or_default().extend(params.clone());
        }
        all
    }

    /// Sets of deadlines that its controls ask for.
    #[must_use]
    pub fn deadlines(&self) -> Vec<&str> {
        let queries = self.controls.iter().flat_map(|control| &control.findings);
        let mut names: Vec<&str> = queries.filter_map(|query| query.deadline.as_deref()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What has to be said beside every result: whether it is in force, and whether it may have moved on by a moment.
    #[must_use]
    pub fn notes_at(&self, as_of: &str) -> Vec<String> {
        notes(&self.notes, &self.status, &self.source, as_of)
    }
}

/// What standards and deadlines say of themselves, whether they are in force, and whether they may have moved on.
pub(crate) fn notes(own: &[String], status: &Status, source: &Source, as_of: &str) -> Vec<String> {
    let mut notes = own.to_vec();
    match status {
        Status::Active => {}
        Status::Draft => notes.push("a draft: it was not compared with the final text, or is none yet".into()),
        Status::SupersededBy(id) => notes.push(format!("superseded by {id}; kept for contracts that still cite it")),
    }
    notes.extend(source.stale(as_of));
    notes
}

impl Source {
    /// Says so when it was read too long before a moment.
    fn stale(&self, as_of: &str) -> Option<String> {
        let read = day::of(&self.retrieved)?;
        let until = read.saturating_add(jiff::Span::new().months(STALE_AFTER_MONTHS));
        (day::of(as_of)? > until).then(|| {
            format!(
                "read on {read}, more than {STALE_AFTER_MONTHS} months before this report: compare it with what is in \
                 force now"
            )
        })
    }
}

impl ControlSpec {
    /// What decides it, in a line; `quote` marks names of checks.
    #[must_use]
    pub fn describe(&self, quote: impl Fn(&str) -> String) -> String {
        let all = |names: &[String]| names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(" ");
        let mut parts = Vec::new();
        for (what, names) in [("needs", &self.checks), ("also", &self.also), ("shown", &self.shown)] {
            if !names.is_empty() {
                parts.push(format!("{what} {}", all(names)));
            }
        }
        parts.extend(self.findings.iter().map(Query::describe));
        let rest: Vec<String> = self.rest.iter().map(|family| format!("{family}-*")).collect();
        if !rest.is_empty() {
            parts.push(format!("rest {}", all(&rest)));
        }
        for (check, params) in &self.params {
            parts.extend(params.iter().map(|(name, value)| format!("{} with {name} {value}", quote(check))));
        }
        if parts.is_empty() { "a person".into() } else { parts.join("; ") }
    }
}

impl Status {
    /// In words: `in force`, `a draft`, `superseded by …`.
    #[must_use]
    pub fn describe(&self, quote: impl Fn(&str) -> String) -> String {
        match self {
            Self::Active => "in force".into(),
            Self::Draft => "a draft".into(),
            Self::SupersededBy(id) => format!("superseded by {}", quote(id)),
        }
    }
}

/// Whether a pattern (`CFG-001`, `SEC-*`) means a check.
pub(super) fn means(pattern: &str, check: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == check, |start| check.starts_with(start))
}

/// The family that a check is of: `CFG` of `CFG-001`.
pub(super) fn family(check: &str) -> &str {
    check.split_once('-').map_or(check, |(family, _)| family)
}
