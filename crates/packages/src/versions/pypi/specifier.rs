//! Version specifiers, `>=1.2,!=1.3.*,<2`.

use std::cmp::Ordering;

use super::super::operators::{holds, split_operator};
use super::Version;
use super::standard::Standard;

/// Whether a version meets all clauses of a specifier, pre-releases included: that pip would not pick one by itself does
/// not make it unaffected. A legacy version is before every bound.
///
/// ```
/// # use plimsoll_packages::versions::pypi;
/// assert_eq!(pypi::satisfies("~=1.4.2, !=1.4.5", "1.4.9"), Some(true));
/// assert_eq!(pypi::satisfies("==1.4.*", "1.5"), Some(false));
/// assert_eq!(pypi::satisfies("^1.4", "1.5"), None);
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    let text = version.trim();
    let version = Version::parse(text)?;
    let mut found = true;
    for clause in requirement.split(',').map(str::trim).filter(|clause| !clause.is_empty()) {
        found &= match split_operator(clause) {
            ("===", bound) if bound.contains([' ', '\t', ';', ')']) => return None,
            ("===", bound) => bound.eq_ignore_ascii_case(text),
            (operator, bound) => is_met(operator, bound, &version)?,
        };
    }
    Some(found)
}

fn is_met(operator: &str, bound: &str, version: &Version<'_>) -> Option<bool> {
    if let ("==" | "!=", Some(series)) = (operator, bound.strip_suffix(".*")) {
        let series = Standard::parse(series).filter(is_release)?;
        let is_in = matches!(version, Version::Standard(version) if version.is_in_series(&series, usize::MAX));
        return Some(is_in == (operator == "=="));
    }
    let bound = Standard::parse(bound)?;
    let is_valid = match operator {
        "==" | "!=" => true,
        "~=" => bound.local.is_none() && bound.release.numbers().nth(1).is_some(),
        "<" | "<=" | ">" | ">=" => bound.local.is_none(),
        _ => false,
    };
    if !is_valid {
        return None;
    }
    match version {
        Version::Standard(version) => stands(operator, &bound, version),
        Version::Legacy(_) if operator == "~=" => Some(false),
        Version::Legacy(_) => holds(operator, Ordering::Less),
    }
}

fn is_release(version: &Standard<'_>) -> bool {
    !version.is_pre() && version.post.is_none() && version.local.is_none()
}

fn stands(operator: &str, bound: &Standard<'_>, version: &Standard<'_>) -> Option<bool> {
    let public = Standard { local: None, ..*version };
    let is_same = version.has_base_of(bound);
    match operator {
        "==" | "!=" if bound.local.is_some() => holds(operator, version.cmp(bound)),
        "==" | "!=" | "<=" | ">=" => holds(operator, public.cmp(bound)),
        // Neither the pre-releases of a bound nor its post-releases lie beyond it, unless it is one itself.
        "<" => Some(version < bound && (bound.is_pre() || !version.is_pre() || !is_same)),
        ">" => {
            let is_later = version > bound && (bound.post.is_some() || version.post.is_none() || !is_same);
            Some(is_later && !(version.local.is_some() && is_same))
        }
        "~=" => {
            let count = bound.release.numbers().count().saturating_sub(1);
            Some(public >= *bound && version.is_in_series(bound, count))
        }
        _ => None,
    }
}

impl Standard<'_> {
    /// Whether the epoch and the first `count` numbers of a series are also this version's; missing ones are 0.
    fn is_in_series(&self, series: &Self, count: usize) -> bool {
        let numbers = self.release.numbers().chain(std::iter::repeat(super::super::Natural::ZERO));
        self.epoch == series.epoch && series.release.numbers().take(count).zip(numbers).all(|(a, b)| a == b)
    }
}
