//! How far an image meets standards.
//!
//! Owns the standards as data (`checks/compliance`), their format, and how a control comes out: what decides it are the
//! results of checks and the findings that are handed in. A control passes only when all that it needs was looked at;
//! nothing here looks at an image.

mod evidence;
mod parsing;
mod query;
mod spec;
mod standards;

use std::collections::BTreeSet;

use plimsoll_model::{Assessment, Automation, Checked, Compliance, Control, Evidence, Finding, Gap, Severity};

use self::evidence::{Scope, Told};
pub use self::parsing::Catalogue;
pub(crate) use self::parsing::{source, status};
pub(crate) use self::query::KINDS;
pub use self::query::Query;
pub(crate) use self::spec::notes;
pub use self::spec::{ControlSpec, Parameters, Profile, Source, Spec, Status};
pub use self::standards::{STANDARDS, UnknownStandard, standard, standards};

/// What checks that no control names have to weigh to fail the control of their family. Style is no breach of a standard.
const REST_FAILS_FROM: Severity = Severity::Medium;

/// What else was known when standards are applied.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The report's moment, RFC 3339.
    pub as_of: &'a str,
    /// How strictly: `default` or `strict`; a standard without a profile of that name is applied as by default.
    pub profile: &'a str,
    /// What the scan could not see.
    pub gaps: &'a [Gap],
    /// Kinds of findings that were looked for: `vulnerability`, `secret`…
    pub looked_for: &'a [&'a str],
    /// Parameters that checks were run with, where they are not their defaults.
    pub params: &'a Parameters,
    /// Ids of checks that the user switched off.
    pub switched_off: &'a BTreeSet<String>,
}

/// How far what was found meets each standard, in the order of the standards.
#[must_use]
pub fn assess(specs: &[Spec], checked: &[Checked], findings: &[Finding], context: &Context<'_>) -> Vec<Compliance> {
    specs.iter().map(|spec| one(spec, checked, findings, context)).collect()
}

fn one(spec: &Spec, checked: &[Checked], findings: &[Finding], context: &Context<'_>) -> Compliance {
    let fallback = Profile { name: "default".into(), waivers: true, unassessed_fails_from: None };
    let named = |name: &str| spec.profiles.iter().find(|profile| profile.name == name);
    let profile = named(context.profile).or_else(|| named("default")).unwrap_or(&fallback);
    let scope = Scope::new(spec, profile, checked, findings, context);
    Compliance {
        id: spec.id.clone(),
        title: spec.title.clone(),
        edition: spec.edition.clone(),
        source: spec.source.url.clone(),
        notes: spec.notes_at(context.as_of),
        evidence_only: spec.evidence_only,
        profile: profile.name.clone(),
        controls: spec.controls.iter().map(|control| decide(spec, control, &scope)).collect(),
    }
}

/// What speaks to a control, and what of it decides.
#[derive(Default)]
struct Heard {
    evidence: Vec<Evidence>,
    /// Indexes of what fails the control.
    failing: Vec<usize>,
    /// Indexes of what it needs and could not be assessed.
    missing: Vec<usize>,
    /// How much of what may decide was looked at.
    ran: usize,
    /// How much of it was looked at at all.
    seen: usize,
    /// Checks that fail and decide nothing.
    failing_beside: usize,
}

impl Heard {
    fn add(&mut self, told: impl Into<Told>, is_needed: bool, decides: bool) {
        let Told { evidence, failing } = told.into();
        let index = self.evidence.len();
        match evidence.result {
            Assessment::Fail if decides => self.failing.push(index),
            Assessment::NotAssessed if is_needed => self.missing.push(index),
            _ => {}
        }
        self.ran = self.ran.saturating_add(usize::from(decides && evidence.result != Assessment::NotAssessed));
        self.seen = self.seen.saturating_add(usize::from(evidence.result != Assessment::NotAssessed));
        self.failing_beside = self.failing_beside.saturating_add(if decides { 0 } else { failing });
        self.evidence.push(evidence);
    }

    /// What fails beside a control that nothing decides against, for no headline may hide it.
    fn beside(&self) -> Option<String> {
        match self.failing_beside {
            0 => None,
            1 => Some("1 check that is shown beside it fails".to_owned()),
            more => Some(format!("{more} checks that are shown beside it fail")),
        }
    }

    fn with_beside(&self, said: String) -> String {
        match self.beside() {
            Some(beside) => format!("{said}; {beside}"),
            None => said,
        }
    }

    /// What a person who has to answer finds.
    fn for_a_person(&self) -> String {
        let found = match self.beside() {
            Some(beside) => beside,
            None if self.seen == 0 => "nothing that speaks to it was assessed".to_owned(),
            None => "nothing speaks against it".to_owned(),
        };
        format!("{found}; a person has to answer")
    }

    /// The first of some, in words, and how many more there are.
    fn first(&self, indexes: &[usize]) -> String {
        let first = indexes.first().and_then(|index| self.evidence.get(*index));
        let first = first.map(|one| format!("{}: {}", one.of, one.message)).unwrap_or_default();
        match indexes.len().saturating_sub(1) {
            0 => first,
            more => format!("{first}; and {more} more"),
        }
    }
}

fn hear(spec: &Spec, control: &ControlSpec, scope: &Scope<'_>) -> Heard {
    let mut heard = Heard::default();
    for pattern in &control.checks {
        heard.add(scope.of_pattern(pattern, control, true), true, true);
    }
    for query in &control.findings {
        heard.add(scope.of_query(query), true, true);
    }
    for pattern in &control.also {
        heard.add(scope.of_pattern(pattern, control, false), false, true);
    }
    for pattern in &control.shown {
        heard.add(scope.of_pattern(pattern, control, false), false, false);
    }
    for family in &control.rest {
        let evidence = scope.of_rest(family, control);
        let decides = spec.rest_decides && scope.rest_fails_from(family, control, REST_FAILS_FROM);
        heard.add(evidence, false, decides);
    }
    heard
}

fn decide(spec: &Spec, control: &ControlSpec, scope: &Scope<'_>) -> Control {
    let heard = hear(spec, control, scope);
    let (result, reason) = verdict(spec, control, scope.profile, &heard);
    Control {
        id: control.id.clone(),
        title: control.title.clone(),
        severity: control.severity,
        automation: control.automation,
        result,
        reason,
        question: if result == Assessment::Manual { question(spec, control) } else { String::new() },
        evidence: heard.evidence,
        oscal: control.oscal.clone(),
    }
}

/// What a person has to answer; of a standard without verdicts also where checks would have decided.
fn question(spec: &Spec, control: &ControlSpec) -> String {
    if control.question.is_empty() && spec.evidence_only {
        "Does the evidence, with what the image cannot show, satisfy the control?".into()
    } else {
        control.question.clone()
    }
}

fn verdict(spec: &Spec, control: &ControlSpec, profile: &Profile, heard: &Heard) -> (Assessment, String) {
    if spec.evidence_only {
        return (Assessment::Manual, "evidence only: an image gives no verdict on this standard".into());
    }
    match control.automation {
        Automation::Manual => {
            let beside = heard.beside().map(|beside| format!("{beside}; ")).unwrap_or_default();
            (Assessment::Manual, format!("{beside}a person has to answer"))
        }
        Automation::Automated | Automation::Assisted if !heard.failing.is_empty() => {
            (Assessment::Fail, heard.first(&heard.failing))
        }
        Automation::Assisted => (Assessment::Manual, heard.for_a_person()),
        Automation::Automated if !heard.missing.is_empty() => {
            unassessed(control, profile, heard.with_beside(heard.first(&heard.missing)))
        }
        Automation::Automated if heard.ran == 0 => {
            unassessed(control, profile, heard.with_beside("nothing that decides it was assessed".into()))
        }
        Automation::Automated => {
            (Assessment::Pass, heard.with_beside("all that decides it was looked at, and holds".into()))
        }
    }
}

fn unassessed(control: &ControlSpec, profile: &Profile, why: String) -> (Assessment, String) {
    if profile.unassessed_fails_from.is_some_and(|from| control.severity >= from) {
        let name = &profile.name;
        (Assessment::Fail, format!("not assessed, which counts as failed in the profile {name}: {why}"))
    } else {
        (Assessment::NotAssessed, why)
    }
}
