//! Pub's order of versions and its constraints, Dart's.
//!
//! The rules are those of pub_semver, <https://github.com/dart-lang/tools/tree/main/pkgs/pub_semver>, and
//! <https://dart.dev/tools/pub/dependencies#version-constraints>: Semantic Versioning, except that builds count, that
//! leading zeros are taken, and that `^0.0.1` goes up to `0.1.0`.

use std::cmp::Ordering;

use super::operators::split_operator;
use super::semver::{Grammar, Version, compare_identifiers};

const GRAMMAR: Grammar = Grammar { leading_zeros: true, ..Grammar::STRICT };

/// The order of two versions, or `None` when one of them is none.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::dart;
/// assert_eq!(dart::compare("1.0.0", "1.0.0+1"), Some(Ordering::Less));
/// assert_eq!(dart::compare("1.0", "1.0.0"), None);
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(order(&Version::parse(left, GRAMMAR)?, &Version::parse(right, GRAMMAR)?))
}

/// Whether a version is allowed by a constraint such as `^1.2.3`, `>=1.2.0 <2.0.0` or `any`.
///
/// ```
/// # use plimsoll_packages::versions::dart;
/// assert_eq!(dart::satisfies("^1.2.3", "2.0.0-dev"), Some(false));
/// assert_eq!(dart::satisfies(">=1.2.0 <2.0.0", "1.9.9"), Some(true));
/// ```
#[must_use]
pub fn satisfies(constraint: &str, version: &str) -> Option<bool> {
    let version = Version::parse(version, GRAMMAR)?;
    let constraint = constraint.trim();
    if constraint == "any" {
        return Some(true);
    }
    if let Some(bound) = constraint.strip_prefix('^') {
        let bound = Version::parse(bound.trim_start(), GRAMMAR)?;
        return Some(order(&version, &bound).is_ge() && version.prefix(&bound, bound.significant().min(2)).is_eq());
    }
    Some(Limits::read(constraint)?.allow(&version))
}

fn order(left: &Version<'_>, right: &Version<'_>) -> Ordering {
    left.order(right).then_with(|| match (left.build, right.build) {
        ([], _) | (_, []) => left.build.len().cmp(&right.build.len()),
        (left, right) => compare_identifiers(left, right),
    })
}

/// The strictest ends of all that a constraint names, and whether they are themselves allowed.
#[derive(Default)]
struct Limits<'a> {
    lowest: Option<(Version<'a>, bool)>,
    highest: Option<(Version<'a>, bool)>,
}

impl<'a> Limits<'a> {
    fn read(constraint: &'a str) -> Option<Self> {
        let mut limits = Self::default();
        let mut rest = constraint;
        while !rest.is_empty() {
            let (operator, bound) = split_operator(rest);
            let (bound, after) = Version::read(bound.as_bytes(), GRAMMAR)?;
            match operator {
                "" => {
                    limits.raise(bound, true);
                    limits.lower(bound, true);
                }
                ">" | ">=" => limits.raise(bound, operator == ">="),
                "<" | "<=" => limits.lower(bound, operator == "<="),
                _ => return None,
            }
            let read = rest.len().saturating_sub(after.len());
            rest = rest.get(read..)?.trim_start();
        }
        (limits.lowest.is_some() || limits.highest.is_some()).then_some(limits)
    }

    fn raise(&mut self, bound: Version<'a>, inclusive: bool) {
        let stands = self.lowest.map(|(lowest, _)| order(&bound, &lowest));
        match (stands, &mut self.lowest) {
            (Some(Ordering::Equal), Some((_, allowed))) => *allowed &= inclusive,
            (Some(Ordering::Less), _) => {}
            (_, lowest) => *lowest = Some((bound, inclusive)),
        }
    }

    fn lower(&mut self, bound: Version<'a>, inclusive: bool) {
        let stands = self.highest.map(|(highest, _)| order(&bound, &highest));
        match (stands, &mut self.highest) {
            (Some(Ordering::Equal), Some((_, allowed))) => *allowed &= inclusive,
            (Some(Ordering::Greater), _) => {}
            (_, highest) => *highest = Some((bound, inclusive)),
        }
    }

    fn allow(&self, version: &Version<'_>) -> bool {
        let above = self.lowest.is_none_or(|(lowest, inclusive)| {
            let stands = order(version, &lowest);
            stands.is_gt() || (inclusive && stands.is_eq())
        });
        let below = self.highest.is_none_or(|(highest, inclusive)| {
            let stands = order(version, &highest);
            (stands.is_lt() && !self.excludes_pre(&highest, inclusive, version)) || (inclusive && stands.is_eq())
        });
        above && below
    }

    /// `<2.0.0` leaves out `2.0.0-dev`, unless the lower end is a pre-release of the same.
    fn excludes_pre(&self, highest: &Version<'_>, inclusive: bool, version: &Version<'_>) -> bool {
        let from_pre =
            self.lowest.is_some_and(|(lowest, _)| !lowest.pre.is_empty() && lowest.prefix(highest, 3).is_eq());
        let is_release = highest.pre.is_empty() && highest.build.is_empty();
        !inclusive && is_release && !from_pre && version.prefix(highest, 3).is_eq()
    }
}
