//! Standards as YAML.
//!
//! Owns the format and its strictness: a control that nobody can decide, or that asks for a check that does not exist, is a
//! mistake and not a control that happens to pass.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Automation, DueState, Severity};
use serde_json::{Map, Value};

use super::query::KINDS;
use super::spec::means;
use super::{ControlSpec, Parameters, Profile, Query, Source, Spec, Status};
use crate::fields::{Fields, Mistake, document, kind, misfit};
use crate::nearest::{suggestion, suggestion_or_all};

/// Ids of checks, with the parameters of each and their defaults.
pub type Catalogue<'a> = BTreeMap<&'a str, &'a Map<String, Value>>;

impl Spec {
    /// Reads a standard. Whether the checks that it names exist is asked with [`Spec::check_names`].
    ///
    /// # Errors
    /// With the file, the control and the field that cannot be understood.
    pub fn parse(file: &str, text: &str) -> Result<Self, Mistake> {
        let value = document(file, text)?;
        let fields = Fields::of(file, "", &value)?;
        let api = fields.text("apiVersion")?;
        if api != "compliance/v1" {
            return Err(fields.mistake(format!("apiVersion is {api}; this version reads compliance/v1")));
        }
        let controls = fields.list("controls")?.iter().enumerate();
        let evidence_only = fields.maybe_flag("evidence_only")?.unwrap_or_default();
        let spec = Self {
            id: fields.text("id")?.into(),
            title: fields.text("title")?.into(),
            edition: fields.text("edition")?.into(),
            source: source(&fields)?,
            status: status(&fields)?,
            notes: fields.texts("notes")?,
            evidence_only,
            rest_decides: fields.maybe_flag("rest_decides")?.unwrap_or_default(),
            controls: controls.map(|(at, value)| control(file, at, value, evidence_only)).collect::<Result<_, _>>()?,
            profiles: profiles(&fields)?,
        };
        fields.finish()?;
        whole(&spec, &fields)?;
        Ok(spec)
    }

    /// Asks whether every check, every parameter and every set of deadlines that the standard names exists.
    ///
    /// # Errors
    /// With the control, the name, and the one that was probably meant.
    pub fn check_names(&self, file: &str, checks: &Catalogue<'_>, deadlines: &BTreeSet<&str>) -> Result<(), Mistake> {
        for control in &self.controls {
            let mistake = |message| Mistake { file: file.into(), place: format!("control {}: ", control.id), message };
            let named = control.checks.iter().chain(&control.also).chain(&control.shown);
            for name in named {
                if !checks.keys().any(|check| means(name, check)) {
                    let near = suggestion(name, checks.keys().copied());
                    return Err(mistake(format!("there is no check {name}{near}")));
                }
            }
            check_params(&control.params, checks).map_err(mistake)?;
            for family in &control.rest {
                if !checks.keys().any(|check| super::spec::family(check) == family) {
                    return Err(mistake(format!("there are no checks of the family {family}")));
                }
            }
            for name in control.findings.iter().filter_map(|query| query.deadline.as_deref()) {
                if !deadlines.contains(name) {
                    let near = suggestion(name, deadlines.iter().copied());
                    return Err(mistake(format!("there is no set of deadlines {name}{near}")));
                }
            }
        }
        Ok(())
    }

    /// Reads a standard of the user's own and asks at once whether all that it names exists.
    ///
    /// # Errors
    /// As [`Spec::parse`] and [`Spec::check_names`].
    pub fn parse_own(
        file: &str,
        text: &str,
        checks: &Catalogue<'_>,
        deadlines: &BTreeSet<&str>,
    ) -> Result<Self, Mistake> {
        let spec = Self::parse(file, text)?;
        spec.check_names(file, checks, deadlines)?;
        Ok(spec)
    }
}

/// A parameter that a check does not have would change nothing, and one of another type would break the check or pass it.
fn check_params(params: &Parameters, checks: &Catalogue<'_>) -> Result<(), String> {
    for (check, params) in params {
        let Some(known) = checks.get(check.as_str()) else {
            return Err(format!("params: there is no check {check}{}", suggestion(check, checks.keys().copied())));
        };
        for (name, value) in params {
            let Some(default) = known.get(name) else {
                let near = suggestion_or_all(name, &known.keys().map(String::as_str).collect::<Vec<_>>());
                return Err(format!("params: {check} has no parameter {name}{near}"));
            };
            if let Some(wanted) = misfit(default, value) {
                return Err(format!("params: {name} of {check} has to be {wanted}, not {}", kind(value)));
            }
        }
    }
    Ok(())
}

/// What only the document as a whole shows.
fn whole(spec: &Spec, fields: &Fields<'_>) -> Result<(), Mistake> {
    if spec.controls.is_empty() {
        return Err(fields.mistake("controls is missing: a standard without any says nothing"));
    }
    let mut ids = BTreeSet::new();
    let repeated = spec.controls.iter().find(|control| !ids.insert(control.id.as_str()));
    repeated.map_or(Ok(()), |control| Err(fields.mistake(format!("control {} is there twice", control.id))))
}

/// Where something was read; standards and deadlines say it alike.
pub(crate) fn source(fields: &Fields<'_>) -> Result<Source, Mistake> {
    let Some(source) = fields.within("source")? else {
        return Err(fields.mistake("source is missing: say who published it, and when it was read"));
    };
    source.day("retrieved")?;
    let read = Source {
        name: source.text("name")?.into(),
        url: source.optional("url")?,
        published: source.text("published")?.into(),
        retrieved: source.text("retrieved")?.into(),
    };
    source.finish()?;
    Ok(read)
}

/// `active`, `draft`, or `superseded-by: …`.
pub(crate) fn status(fields: &Fields<'_>) -> Result<Status, Mistake> {
    let text = fields.text("status")?;
    if let Some(id) = text.strip_prefix("superseded-by:") {
        return Ok(Status::SupersededBy(id.trim().into()));
    }
    match text {
        "active" => Ok(Status::Active),
        "draft" => Ok(Status::Draft),
        other => Err(fields.mistake(format!("status is {other:?}; active, draft or \"superseded-by: ID\""))),
    }
}

fn control(file: &str, index: usize, value: &Value, evidence_only: bool) -> Result<ControlSpec, Mistake> {
    let place = format!("control number {}: ", index.saturating_add(1));
    let fields = Fields::of(file, &place, value)?;
    let id = fields.text("id")?;
    let fields = fields.at(&format!("control {id}: "));
    let words = Automation::ALL.map(|automation| (automation.as_str(), automation));
    let automation = fields.word("automation", &words)?;
    let queries = fields.list("findings")?;
    let control = ControlSpec {
        id: id.into(),
        title: fields.text("title")?.into(),
        automation: automation.ok_or_else(|| fields.mistake("automation is missing: automated, assisted or manual"))?,
        severity: severity(&fields, "severity")?
            .ok_or_else(|| fields.mistake("severity is missing: critical, high, medium or low"))?,
        checks: fields.texts("checks")?,
        also: fields.texts("also")?,
        shown: fields.texts("shown")?,
        rest: fields.texts("rest")?,
        findings: queries.iter().map(|value| query(&fields, value)).collect::<Result<_, _>>()?,
        question: fields.optional("question")?,
        oscal: oscal(&fields)?,
        params: params(&fields)?,
    };
    fields.finish()?;
    if !evidence_only {
        sound(&control, &fields)?;
    }
    Ok(control)
}

/// A control is decided by what it says that decides it, and by nothing else. Where none is decided, none has to say.
fn sound(control: &ControlSpec, fields: &Fields<'_>) -> Result<(), Mistake> {
    let decides = !control.checks.is_empty() || !control.also.is_empty() || !control.findings.is_empty();
    match control.automation {
        Automation::Automated if !decides => {
            Err(fields.mistake("it is automated, but names neither checks nor findings: nothing could decide it"))
        }
        Automation::Automated if !control.question.is_empty() => {
            Err(fields.mistake("it is automated, but asks a question: make it assisted, or leave the question out"))
        }
        Automation::Assisted | Automation::Manual if control.question.is_empty() => {
            Err(fields.mistake("question is missing: say what the person who decides has to answer"))
        }
        Automation::Assisted if !decides && control.rest.is_empty() => {
            Err(fields.mistake("it is assisted, but names neither checks nor findings as evidence: make it manual"))
        }
        _ => Ok(()),
    }
}

/// A control of NIST SP 800-53 as OSCAL's catalogue names it, `ia-5` or `si-2.3`: results about another would be about none.
fn oscal(fields: &Fields<'_>) -> Result<String, Mistake> {
    let text = fields.optional("oscal")?;
    let is_number = |text: &str| !text.starts_with('0') && text.parse::<u8>().is_ok_and(|_| !text.starts_with('+'));
    let is_id = || {
        let (family, number) = text.split_once('-')?;
        let mut numbers = number.splitn(2, '.');
        Some(family.len() == 2 && family.bytes().all(|letter| letter.is_ascii_lowercase()) && numbers.all(is_number))
    };
    if text.is_empty() || is_id() == Some(true) {
        return Ok(text);
    }
    Err(fields.mistake(format!("oscal is {text:?}, which is no control of NIST SP 800-53: write it as ia-5 or si-2.3")))
}

fn params(fields: &Fields<'_>) -> Result<Parameters, Mistake> {
    let mut all = Parameters::new();
    for (check, value) in fields.entries("params")? {
        let values = value.as_object().ok_or_else(|| {
            fields.mistake(format!("params of {check} have to be fields, as in {check}: {{max_age_days: 30}}"))
        })?;
        all.insert(check.into(), values.iter().map(|(name, value)| (name.clone(), value.clone())).collect());
    }
    Ok(all)
}

fn severity(fields: &Fields<'_>, name: &'static str) -> Result<Option<Severity>, Mistake> {
    fields.word(name, &Severity::ALL.map(|severity| (severity.as_str(), severity)))
}

fn query(control: &Fields<'_>, value: &Value) -> Result<Query, Mistake> {
    let place = control.mistake("").place;
    let fields = Fields::of(control.file(), &format!("{place}findings: "), value)?;
    let deadline = fields.maybe_text("deadline")?.map(String::from);
    let state = fields.word("state", &DueState::ALL.map(|state| (state.as_str(), state)))?;
    if state.is_some() && deadline.is_none() {
        return Err(fields.mistake("state is there without deadline: say which set of deadlines"));
    }
    let query = Query {
        kind: fields.word("kind", &KINDS.map(|kind| (kind, kind)))?,
        severity_at_least: severity(&fields, "severity_at_least")?,
        fixable: fields.maybe_flag("fixable")?,
        exploited: fields.maybe_flag("exploited")?,
        category: fields.texts("category")?,
        state: state.or_else(|| deadline.as_ref().map(|_| DueState::Overdue)),
        deadline,
    };
    fields.finish()?;
    Ok(query)
}

/// Those of the document over those that every standard has.
fn profiles(fields: &Fields<'_>) -> Result<Vec<Profile>, Mistake> {
    let mut all = vec![
        Profile { name: "default".into(), waivers: true, unassessed_fails_from: None },
        Profile { name: "strict".into(), waivers: false, unassessed_fails_from: Some(Severity::High) },
    ];
    for (name, value) in fields.entries("profiles")? {
        let place = format!("profile {name}: ");
        let own = Fields::of(fields.file(), &place, value)?;
        let waivers = own.word("waivers", &[("allowed", true), ("forbidden", false)])?;
        let profile = Profile {
            name: name.into(),
            waivers: waivers.ok_or_else(|| own.mistake("waivers is missing: allowed or forbidden"))?,
            unassessed_fails_from: severity(&own, "unassessed_fails_from")?,
        };
        own.finish()?;
        all.retain(|known| known.name != profile.name);
        all.push(profile);
    }
    Ok(all)
}
