//! npm's order of versions and its ranges.
//!
//! The rules are those of node-semver, <https://github.com/npm/node-semver#readme>. Versions are read as npm reads a
//! `package.json`: loosely (`v1.2.3`, `1.02.3`, `1.2.3beta`); beyond that, numbers may be missing (`1.2` is `1.2.0`), as
//! in some advisories. Ranges are read strictly, and pre-releases are within a range like any other version
//! (`includePrerelease`): that npm would not pick one by itself does not make it unaffected.

use std::cmp::Ordering;

use super::operators::{holds, split_comparison};
use super::semver::{Grammar, Version};

const VERSION: Grammar = Grammar { leading_zeros: true, partial: true, bare_pre: true, ..Grammar::STRICT };
const BOUND: Grammar = Grammar { partial: true, wildcards: true, ..Grammar::STRICT };

/// The order of two versions, or `None` when one of them is none.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::npm;
/// assert_eq!(npm::compare("1.2.3-rc.1", "1.2.3"), Some(Ordering::Less));
/// assert_eq!(npm::compare("1.2.3.4", "1.2.3"), None);
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(parse(left)?.order(&parse(right)?))
}

/// Whether a version is in a range such as `^1.2 || >=3.0.0 <3.4`, pre-releases included.
///
/// ```
/// # use plimsoll_packages::versions::npm;
/// assert_eq!(npm::satisfies("^1.2.3", "1.9.0-beta"), Some(true));
/// assert_eq!(npm::satisfies("git+ssh://example.org/x", "1.0.0"), None);
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    let version = parse(version)?;
    let mut found = false;
    for alternative in requirement.split("||") {
        found |= contains(alternative, &version)?;
    }
    Some(found)
}

fn parse(text: &str) -> Option<Version<'_>> {
    let text = text.trim().trim_start_matches(|letter: char| matches!(letter, 'v' | '=') || letter.is_whitespace());
    Version::parse(text, VERSION)
}

/// Comparators that must all hold, separated by spaces.
fn contains(alternative: &str, version: &Version<'_>) -> Option<bool> {
    let mut words = alternative.split_whitespace();
    let ends = (words.next(), words.next(), words.next(), words.next());
    if let (Some(lowest), Some("-"), Some(highest), None) = ends {
        return lies_between(lowest, highest, version);
    }
    let mut found = true;
    let mut words = alternative.split_whitespace();
    while let Some(word) = words.next() {
        let (operator, bound) = split_comparison(word, &mut words)?;
        // `~=1.2` is `~1.2`.
        let operator = if operator.starts_with(['~', '^']) { operator.trim_end_matches('=') } else { operator };
        found &= is_met(operator, &read_bound(bound)?, version)?;
    }
    Some(found)
}

/// Part of a version, wildcards for the rest.
fn read_bound(text: &str) -> Option<Version<'_>> {
    Version::parse(text.trim_start_matches('v'), BOUND)
}

fn lies_between(lowest: &str, highest: &str, version: &Version<'_>) -> Option<bool> {
    let (lowest, highest) = (read_bound(lowest)?, read_bound(highest.trim_start_matches('='))?);
    Some(end_order(version, &lowest).is_ge() && end_order(version, &highest).is_le())
}

/// The numbers alone unless the end is itself a pre-release: with `1.2.3 - 2.0.0` go the pre-releases of both.
fn end_order(version: &Version<'_>, end: &Version<'_>) -> Ordering {
    if end.given == 3 && !end.pre.is_empty() { version.order(end) } else { version.prefix(end, end.given) }
}

fn is_met(operator: &str, bound: &Version<'_>, version: &Version<'_>) -> Option<bool> {
    let order = if bound.given == 3 { version.order(bound) } else { version.prefix(bound, bound.given) };
    match operator {
        "~" | "~>" => Some(order.is_ge() && version.prefix(bound, bound.given.min(2)).is_le()),
        "^" => Some(order.is_ge() && version.prefix(bound, bound.significant().min(bound.given)).is_le()),
        _ if bound.ragged => None,
        "" => holds("=", order),
        // Nothing is below or above everything.
        "=" | "<" | "<=" | ">" | ">=" => holds(operator, order),
        _ => None,
    }
}
