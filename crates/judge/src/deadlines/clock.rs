//! When a deadline's clock started.

use jiff::civil::Date;

use super::{Clock, Facts, Step};
use crate::day;

/// Whether a clock started.
pub(super) enum Started {
    /// It did.
    On {
        clock: Clock,
        day: Date,
        /// No clock of the step can have started earlier.
        is_certain: bool,
    },
    /// It did not, for nothing started it.
    Not(String),
    /// Nobody knows.
    Unknown(String),
}

/// The start of the first clock of which it is known, or of the earliest.
pub(super) fn start(step: &Step, facts: &Facts<'_>) -> Started {
    let all: Vec<(Clock, Started)> = step.clocks.iter().map(|clock| (*clock, one(*clock, facts))).collect();
    let mut on: Vec<(Date, Clock)> = Vec::new();
    let mut unknown = None;
    let mut not = None;
    for (clock, started) in all {
        match started {
            Started::On { day, .. } => on.push((day, clock)),
            Started::Unknown(why) => unknown = unknown.or(Some(why)),
            Started::Not(why) => not = not.or(Some(why)),
        }
    }
    let chosen = if step.is_earliest { on.iter().min_by_key(|(day, _)| *day) } else { on.first() };
    match (chosen, unknown, not) {
        (Some((day, clock)), unknown, _) => {
            Started::On { clock: *clock, day: *day, is_certain: !step.is_earliest || unknown.is_none() }
        }
        (None, Some(why), _) => Started::Unknown(why),
        (None, None, why) => Started::Not(why.unwrap_or_default()),
    }
}

fn one(clock: Clock, facts: &Facts<'_>) -> Started {
    let Facts { finding, entry, known, .. } = facts;
    let seen = |day: Option<&String>| found(clock, day, "no history was given: when it was first seen is not known");
    match clock {
        Clock::Detected => seen(entry.map(|entry| &entry.first_seen)),
        Clock::Published => found(clock, known.published.as_ref(), "when it was made public is not known"),
        Clock::Evaluated => found(clock, known.evaluated.as_ref(), "when it was evaluated is not known"),
        Clock::FixReleased if !finding.is_fixable() => Started::Not("no fix is known".into()),
        Clock::FixReleased => {
            let first_seen = entry.and_then(|entry| entry.fix_first_seen.as_ref());
            seen(known.fix_released.as_ref().or(first_seen))
        }
        Clock::KevAdded | Clock::Aware if !finding.is_exploited() => {
            Started::Not("it is not known to be exploited".into())
        }
        Clock::KevAdded => {
            let since = finding.vulnerability().map(|one| &one.kev_since).filter(|day| !day.is_empty());
            found(clock, since, "when it was listed as exploited is not known")
        }
        Clock::Aware => seen(entry.and_then(|entry| entry.exploited_first_seen.as_ref())),
    }
}

fn found(clock: Clock, day: Option<&String>, otherwise: &str) -> Started {
    let day = day.and_then(|day| day::of(day));
    day.map_or_else(|| Started::Unknown(otherwise.into()), |day| Started::On { clock, day, is_certain: true })
}
