//! How bad it is to be outdated.
//!
//! Owns the rule, which `docs/outdated.md` tells people. Nobody publishes such ratings: this one is ours.

use plimsoll_model::{Outdated, OutdatedOf, OutdatedWhy, Severity};

use super::Line;
use super::products::Terms;
use crate::lifecycle::End;

/// Days after its end of life from which a program that is reached over a network, or that runs others, is rated high:
/// by then, flaws that nobody mends are known of nearly all of them.
const LONG_AGO: i32 = 365;

/// Of a line of a distribution or a product.
pub fn of_line(line: &Line<'_>, outdated: &Outdated, is_program: bool) -> Severity {
    match (outdated.why, outdated.of) {
        (OutdatedWhy::EndOfLife, OutdatedOf::Distribution) => of_distribution(line),
        (OutdatedWhy::EndOfLife, OutdatedOf::Package) if is_program && is_long_ago(line) => Severity::High,
        (OutdatedWhy::EndOfLife, OutdatedOf::Package) => Severity::Medium,
        (why, _) => of_why(why),
    }
}

/// Of anything else.
pub const fn of_why(why: OutdatedWhy) -> Severity {
    match why {
        OutdatedWhy::EndOfLife | OutdatedWhy::Yanked => Severity::Medium,
        OutdatedWhy::Unmaintained | OutdatedWhy::Deprecated | OutdatedWhy::EndOfSupport => Severity::Low,
        OutdatedWhy::Behind => Severity::Negligible,
    }
}

/// Nothing of a distribution is mended after its end of life, unless somebody goes on: for all, or for subscribers.
fn of_distribution(line: &Line<'_>) -> Severity {
    let extended = line.cycle.extended;
    if extended == End::Unstated || extended.is_over(line.today) {
        return Severity::High;
    }
    match line.known.map(|known| &known.terms) {
        Some(Terms::ForAll) => Severity::Low,
        Some(Terms::Channel(channel)) if line.channels.iter().any(|on| on.starts_with(channel)) => Severity::Low,
        _ => Severity::Medium,
    }
}

fn is_long_ago(line: &Line<'_>) -> bool {
    match line.cycle.life {
        End::On(day) => (line.today - day).get_days() > LONG_AGO,
        End::Known(_) | End::Unstated => false,
    }
}
