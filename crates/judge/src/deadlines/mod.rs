//! By when findings have to be mended, and which are late.
//!
//! Owns the sets of deadlines as data (`checks/deadlines`), the [`History`] that their clocks need, and the arithmetic: days
//! in UTC. What is not known is said to be not assessed; nothing is in time for lack of knowledge.

mod asset;
mod clock;
mod history;
mod profile;
mod rules;

use jiff::civil::Date;
use plimsoll_model::{Due, DueState, Finding};

pub use self::asset::InvalidAsset;
use self::clock::Started;
pub use self::history::{Entry, History, InvalidHistory, Seen, Tagged};
pub use self::profile::{Clock, Condition, DEADLINES, Deadlines, Input, Limit, Rule, Step, deadlines};
use crate::day;

const HOURS_A_DAY: u32 = 24;

/// What somebody else has to say about a finding and about where it is. What is none is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// What runs the image can be reached from the internet.
    pub exposed: Option<bool>,
    /// The harm that it can do there, `N1` to `N5`.
    pub impact: Option<String>,
    /// It is likely that it can be exploited there. What is being exploited anywhere is.
    pub exploitable: Option<bool>,
    /// What is vulnerable can be reached from the internet there.
    pub reachable: Option<bool>,
    /// Attacks can be automated (SSVC, in CISA's part of CVE records).
    pub automatable: Option<bool>,
    /// An attack gives control over all of it (as above).
    pub total_impact: Option<bool>,
    /// The day on which it was made public, `YYYY-MM-DD`.
    pub published: Option<String>,
    /// The day on which its fix came out.
    pub fix_released: Option<String>,
    /// The day on which somebody evaluated it.
    pub evaluated: Option<String>,
}

/// Everything that decides about one finding.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// What earlier scans saw of it; none without a history.
    pub entry: Option<&'a Entry>,
    /// What else is known.
    pub known: &'a Known,
    /// The report's moment, RFC 3339.
    pub as_of: &'a str,
}

/// Writes into each finding by when it has to be mended, by the sets of deadlines that are given. `known` is asked for
/// each finding; the history has to have seen this scan ([`History::update`]).
pub fn mark(
    findings: &mut [Finding],
    sets: &[Deadlines],
    history: Option<(&History, &str)>,
    known: &dyn Fn(&Finding) -> Known,
    as_of: &str,
) {
    for finding in findings {
        let entry = history.and_then(|(history, repository)| history.entry(repository, finding));
        let known = known(finding);
        let facts = Facts { finding, entry, known: &known, as_of };
        let mut all: Vec<Due> = sets.iter().flat_map(|set| due(set, &facts)).collect();
        all.sort_by(|one, other| (&one.profile, &one.step).cmp(&(&other.profile, &other.step)));
        finding.due = all;
    }
}

/// By when a finding has to be mended by one set of deadlines; one for each of its steps, none when it is not about findings
/// of this kind.
#[must_use]
pub fn due(set: &Deadlines, facts: &Facts<'_>) -> Vec<Due> {
    if !set.kinds.iter().any(|kind| kind == facts.finding.about.kind()) {
        return Vec::new();
    }
    set.steps.iter().map(|step| Due { profile: set.id.clone(), step: step.name.clone(), ..one(step, facts) }).collect()
}

fn one(step: &Step, facts: &Facts<'_>) -> Due {
    match rules::applicable(step, facts) {
        Ok((limit, message)) => under(limit, message.to_owned(), step, facts),
        Err(open) => {
            // Overdue by every limit that may apply is overdue, by the longest of them.
            let all = open.outcomes.into_iter().map(|(limit, _)| under(limit, String::new(), step, facts));
            let all: Vec<Due> = all.collect();
            let is_overdue = all.iter().all(|due| due.state == DueState::Overdue);
            let longest = all.into_iter().filter(|_| is_overdue).max_by_key(|due| due.days);
            longest.map_or_else(
                || unassessed(format!("it is not known {}", open.unknown)),
                |due| Due { message: format!("at the latest: it is not known {}", open.unknown), ..due },
            )
        }
    }
}

/// How a finding stands against one limit of a step.
fn under(limit: Limit, message: String, step: &Step, facts: &Facts<'_>) -> Due {
    let no_limit = |message: String| Due { state: DueState::NoLimit, message, ..Due::default() };
    match limit {
        Limit::None => no_limit(message),
        Limit::KevDue => until_kev_due(facts, message),
        Limit::Hours(hours) => match clock::start(step, facts) {
            Started::Not(why) => no_limit(format!("the clock has not started: {why}")),
            Started::Unknown(why) => unassessed(why),
            Started::On { clock, day, is_certain } => {
                let days = i32::try_from(hours / HOURS_A_DAY).unwrap_or(i32::MAX);
                let by = day.saturating_add(jiff::Span::new().days(days));
                let due = counted(clock, day, by, facts.as_of, message);
                // An earlier start could only make it later still.
                if is_certain || due.state == DueState::Overdue {
                    due
                } else {
                    unassessed("no history was given: it may have been detected earlier".into())
                }
            }
        },
    }
}

fn until_kev_due(facts: &Facts<'_>, message: String) -> Due {
    let listed = facts.finding.vulnerability().map(|one| (day::of(&one.kev_since), day::of(&one.kev_due)));
    let Some((Some(since), Some(by))) = listed else {
        return unassessed("CISA's list names no day for it, or is not at hand".into());
    };
    counted(Clock::KevAdded, since, by, facts.as_of, message)
}

fn counted(clock: Clock, since: Date, by: Date, as_of: &str, message: String) -> Due {
    let Some(today) = day::of(as_of) else { return unassessed(format!("{as_of:?} is no moment")) };
    let days = day::between(today, by);
    Due {
        clock: clock.as_str().into(),
        since: since.to_string(),
        by: by.to_string(),
        days: Some(days),
        state: if days < 0 { DueState::Overdue } else { DueState::Due },
        message,
        ..Due::default()
    }
}

fn unassessed(message: String) -> Due {
    Due { state: DueState::NotAssessed, message, ..Due::default() }
}
