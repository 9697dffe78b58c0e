//! Sets of deadlines as data.

use plimsoll_model::Severity;

use crate::compliance::{KINDS, Source, Status, notes, source, status};
use crate::fields::{Fields, Mistake, document};
use crate::nearest::suggestion;

/// One set of deadlines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadlines {
    /// `fedramp-classic`.
    pub id: String,
    /// In our own words.
    pub title: String,
    /// Where it was read.
    pub source: Source,
    /// Whether it is in force.
    pub status: Status,
    /// What has to be known about it.
    pub notes: Vec<String>,
    /// It is computed without being asked for by name.
    pub is_on: bool,
    /// Kinds of findings that it is about.
    pub kinds: Vec<String>,
    /// Its deadlines, each with a clock of its own; most have one.
    pub steps: Vec<Step>,
}

/// One deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `early warning`; empty where there is only one.
    pub name: String,
    /// What starts the clock.
    pub clocks: Vec<Clock>,
    /// The earliest of the clocks counts; else the first of which the start is known.
    pub is_earliest: bool,
    /// The first that holds decides; without any there is no limit.
    pub rules: Vec<Rule>,
}

/// What starts a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// A scan of this repository saw it first.
    Detected,
    /// It was made public.
    Published,
    /// A fix came out; without that day, the first scan that knew of a fix.
    FixReleased,
    /// CISA listed it as exploited.
    KevAdded,
    /// Somebody evaluated it.
    Evaluated,
    /// A scan first said that it is being exploited.
    Aware,
}

impl Clock {
    const ALL: [Self; 6] =
        [Self::Detected, Self::Published, Self::FixReleased, Self::KevAdded, Self::Evaluated, Self::Aware];

    /// The word in data and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Detected => "detected",
            Self::Published => "published",
            Self::FixReleased => "fix-released",
            Self::KevAdded => "kev-added",
            Self::Evaluated => "evaluated",
            Self::Aware => "aware",
        }
    }
}

/// How long there is for findings of one sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// All of these have to hold.
    pub when: Vec<Condition>,
    /// How long.
    pub limit: Limit,
    /// What more is asked for, or empty.
    pub message: String,
}

/// How long there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// So many hours. Days are whole days in UTC: what is less than a day ends on the day on which the clock started.
    Hours(u32),
    /// Until the day that CISA's list says.
    KevDue,
    /// As long as you like.
    None,
}

/// Something that is true of a finding or of where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It is of this severity.
    Severity(Severity),
    /// It is, or is not, what an input says.
    Is(Input, bool),
    /// The harm that it can do there is of this class (`N1` to `N5`).
    Impact(String),
}

/// What is known of a finding, or has to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// It is known to be exploited.
    Exploited,
    /// There is a fix.
    Fixable,
    /// What runs the image can be reached from the internet.
    Exposed,
    /// Attacks can be automated.
    Automatable,
    /// An attack gives control over all of it.
    TotalImpact,
    /// It is likely that it can be exploited there.
    Exploitable,
    /// What is vulnerable can be reached from the internet there.
    Reachable,
}

impl Input {
    pub(super) const ALL: [Self; 7] = [
        Self::Exploited,
        Self::Fixable,
        Self::Exposed,
        Self::Automatable,
        Self::TotalImpact,
        Self::Exploitable,
        Self::Reachable,
    ];

    /// The word in data.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exploited => "exploited",
            Self::Fixable => "fixable",
            Self::Exposed => "exposed",
            Self::Automatable => "automatable",
            Self::TotalImpact => "total_impact",
            Self::Exploitable => "exploitable",
            Self::Reachable => "reachable",
        }
    }
}

/// Id and text of each set that is built in. Another is one file in `checks/deadlines` and one line here.
pub const DEADLINES: &[(&str, &str)] = &[
    ("default", include_str!("../../../../checks/deadlines/default.yaml")),
    ("fedramp-classic", include_str!("../../../../checks/deadlines/fedramp-classic.yaml")),
    ("fedramp-vdr-low", include_str!("../../../../checks/deadlines/fedramp-vdr-low.yaml")),
    ("fedramp-vdr-moderate", include_str!("../../../../checks/deadlines/fedramp-vdr-moderate.yaml")),
    ("fedramp-vdr-high", include_str!("../../../../checks/deadlines/fedramp-vdr-high.yaml")),
    ("pci", include_str!("../../../../checks/deadlines/pci.yaml")),
    ("kev-duedate", include_str!("../../../../checks/deadlines/kev-duedate.yaml")),
    ("bod-26-04", include_str!("../../../../checks/deadlines/bod-26-04.yaml")),
    ("cra-art14", include_str!("../../../../checks/deadlines/cra-art14.yaml")),
    ("hipaa-proposed", include_str!("../../../../checks/deadlines/hipaa-proposed.yaml")),
];

/// All that are built in.
///
/// # Errors
/// When one is built in wrongly.
pub fn deadlines() -> Result<Vec<Deadlines>, Mistake> {
    DEADLINES.iter().map(|(id, text)| Deadlines::parse(&format!("{id}.yaml"), text)).collect()
}

impl Deadlines {
    /// Reads a set of deadlines.
    ///
    /// # Errors
    /// With the file, the rule and the field that cannot be understood.
    pub fn parse(file: &str, text: &str) -> Result<Self, Mistake> {
        let value = document(file, text)?;
        let fields = Fields::of(file, "", &value)?;
        let api = fields.text("apiVersion")?;
        if api != "deadlines/v1" {
            return Err(fields.mistake(format!("apiVersion is {api}; this version reads deadlines/v1")));
        }
        let kinds = fields.texts("kinds")?;
        if let Some(kind) = kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
            return Err(fields.mistake(format!("there is no kind of findings {kind}{}", suggestion(kind, KINDS))));
        }
        let set = Self {
            id: fields.text("id")?.into(),
            title: fields.text("title")?.into(),
            source: source(&fields)?,
            status: status(&fields)?,
            notes: fields.texts("notes")?,
            is_on: fields.maybe_flag("on")?.unwrap_or(false),
            kinds: if kinds.is_empty() { vec!["vulnerability".into()] } else { kinds },
            steps: steps(&fields)?,
        };
        fields.finish()?;
        Ok(set)
    }

    /// What has to be said beside every result: whether it is in force, and whether it may have moved on by a moment.
    #[must_use]
    pub fn notes_at(&self, as_of: &str) -> Vec<String> {
        notes(&self.notes, &self.status, &self.source, as_of)
    }
}

/// Those of a list, or the document itself as one.
fn steps(fields: &Fields<'_>) -> Result<Vec<Step>, Mistake> {
    let list = fields.list("steps")?;
    if list.is_empty() {
        return Ok(vec![step(fields, String::new())?]);
    }
    let mut steps = Vec::new();
    for value in list {
        let inner = Fields::of(fields.file(), "step: ", value)?;
        let name = inner.text("name")?;
        let inner = inner.at(&format!("step {name}: "));
        steps.push(step(&inner, name.into())?);
        inner.finish()?;
    }
    Ok(steps)
}

fn step(fields: &Fields<'_>, name: String) -> Result<Step, Mistake> {
    let clocks = fields.texts("clock")?;
    let clock = |word: &String| {
        let known = Clock::ALL.into_iter().find(|clock| clock.as_str() == word);
        let near = || suggestion(word, Clock::ALL.map(Clock::as_str));
        known.ok_or_else(|| fields.mistake(format!("there is no clock {word}{}", near())))
    };
    let clocks: Vec<Clock> = clocks.iter().map(clock).collect::<Result<_, _>>()?;
    if clocks.is_empty() {
        return Err(fields.mistake("clock is missing: say what starts it, as in clock: [detected]"));
    }
    let mut rules = limits(fields)?;
    for (index, value) in fields.list("rules")?.iter().enumerate() {
        let place = format!("{}rule number {}: ", fields.mistake("").place, index.saturating_add(1));
        rules.push(rule(Fields::of(fields.file(), &place, value)?)?);
    }
    if rules.is_empty() {
        return Err(fields.mistake("neither limits nor rules are there: nothing would ever be due"));
    }
    let is_earliest = fields.word("take", &[("first", false), ("earliest", true)])?.unwrap_or(false);
    Ok(Step { name, clocks, is_earliest, rules })
}

/// The short form: days by severity.
fn limits(fields: &Fields<'_>) -> Result<Vec<Rule>, Mistake> {
    let Some(limits) = fields.within("limits")? else { return Ok(Vec::new()) };
    let mut rules = Vec::new();
    for severity in Severity::ALL {
        if let Some(days) = limits.number(severity.as_str())? {
            let limit = Limit::Hours(days.saturating_mul(24));
            rules.push(Rule { when: vec![Condition::Severity(severity)], limit, message: String::new() });
        }
    }
    limits.finish()?;
    Ok(rules)
}

fn rule(fields: Fields<'_>) -> Result<Rule, Mistake> {
    let hours = fields.number("hours")?.map(Limit::Hours);
    let days = fields.number("days")?.map(|days| Limit::Hours(days.saturating_mul(24)));
    let until = fields.word("until", &[("kev-due", Limit::KevDue), ("no-limit", Limit::None)])?;
    let mut limits = [hours, days, until].into_iter().flatten();
    let (Some(limit), None) = (limits.next(), limits.next()) else {
        return Err(fields.mistake("exactly one of days, hours and until has to say how long there is"));
    };
    let when = fields.within("when")?.map_or(Ok(Vec::new()), conditions)?;
    let rule = Rule { when, limit, message: fields.optional("message")? };
    fields.finish()?;
    Ok(rule)
}

fn conditions(fields: Fields<'_>) -> Result<Vec<Condition>, Mistake> {
    let mut all = Vec::new();
    let severity = fields.word("severity", &Severity::ALL.map(|severity| (severity.as_str(), severity)))?;
    all.extend(severity.map(Condition::Severity));
    for input in Input::ALL {
        all.extend(fields.maybe_flag(input.as_str())?.map(|value| Condition::Is(input, value)));
    }
    all.extend(fields.maybe_text("impact")?.map(|class| Condition::Impact(class.into())));
    fields.finish()?;
    Ok(all)
}

impl Rule {
    /// The rule in words: `exploited, not exposed: 14 days`.
    #[must_use]
    pub fn describe(&self) -> String {
        let when: Vec<String> = self.when.iter().map(Condition::describe).collect();
        let limit = match self.limit {
            Limit::KevDue => "until the day that CISA's list says".to_owned(),
            Limit::None => "no limit".to_owned(),
            Limit::Hours(24) => "1 day".to_owned(),
            Limit::Hours(hours) if hours % 24 == 0 => format!("{} days", hours / 24),
            Limit::Hours(hours) => format!("{hours} hours"),
        };
        let when = if when.is_empty() { "all".to_owned() } else { when.join(", ") };
        let message = if self.message.is_empty() { String::new() } else { format!(" ({})", self.message) };
        format!("{when}: {limit}{message}")
    }
}

impl Condition {
    fn describe(&self) -> String {
        match self {
            Self::Severity(severity) => severity.to_string(),
            Self::Is(input, true) => input.as_str().replace('_', " "),
            Self::Is(input, false) => format!("not {}", input.as_str().replace('_', " ")),
            Self::Impact(class) => class.clone(),
        }
    }
}
