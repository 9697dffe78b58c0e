//! The least version of a package that is free of all that is known about it.
//!
//! A fix of one vulnerability may be where another one begins, of which the installed version knows nothing yet. Owns that
//! search; what is told of each finding's own fix is in `decision.rs`.

use std::cmp::Ordering;

use plimsoll_model::{Finding, State};

use super::decision::Opinion;
use super::verdict::{Compare, in_range};
use crate::database::{Error, Statement};

/// Versions that are tried. Whoever has to pass more branches than this is not helped by one more number.
const TRIES: usize = 16;

/// The version, or none when a finding has no fix, or none of the versions that advisories name is free of everything.
pub fn clean<'a>(opinions: &[Opinion<'a>], findings: &[Finding], compare: Compare) -> Result<Option<String>, Error> {
    let mut least: Option<&str> = None;
    for finding in findings {
        // The first is the least: no version below it is free of this finding.
        let Some(fix) = finding.fixed_in().first() else { return Ok(None) };
        if least.is_none_or(|least| compare(least, fix) == Some(Ordering::Less)) {
            least = Some(fix);
        }
    }
    let Some(least) = least else { return Ok(None) };
    let mut later = Vec::new();
    for opinion in opinions {
        for range in opinion.statement.ranges()? {
            let fixed = range?.fixed;
            if compare(least, fixed) == Some(Ordering::Less) && !later.contains(&fixed) {
                later.push(fixed);
            }
        }
    }
    let mut candidate = least;
    for _ in 0..TRIES {
        if is_clean(opinions, candidate, compare)? {
            return Ok(Some(candidate.to_owned()));
        }
        let next = later.iter().copied().filter(|later| compare(candidate, later) == Some(Ordering::Less));
        let next = next.reduce(|a, b| if compare(b, a) == Some(Ordering::Less) { b } else { a });
        let Some(next) = next else { break };
        candidate = next;
    }
    Ok(None)
}

fn is_clean(opinions: &[Opinion<'_>], version: &str, compare: Compare) -> Result<bool, Error> {
    for opinion in opinions {
        if may_affect(&opinion.statement, version, compare)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a statement speaks against a version. Listed versions are compared as text: they are those of the ecosystem's own
/// list, as fixes are.
fn may_affect(statement: &Statement<'_>, version: &str, compare: Compare) -> Result<bool, Error> {
    if statement.state()? == State::NotAffected {
        return Ok(false);
    }
    let mut said = false;
    for range in statement.ranges()? {
        said = true;
        if in_range(&range?, version, compare) != Ok(false) {
            return Ok(true);
        }
    }
    for listed in statement.versions()? {
        said = true;
        if listed? == version {
            return Ok(true);
        }
    }
    Ok(!said)
}
