//! Cargo's order of versions and its requirements.
//!
//! Versions are those of Semantic Versioning, <https://doc.rust-lang.org/cargo/reference/semver.html>; builds do not
//! count. Beyond that, numbers may be missing (`0.2` is `0.2.0`), as in the bounds of some advisories. Requirements follow
//! <https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html>, with Cargo's rule for pre-releases: one is
//! within a requirement only when a bound is a pre-release of the same numbers.

use std::cmp::Ordering;

use super::operators::{holds, split_operator};
use super::semver::{Grammar, Version};

const VERSION: Grammar = Grammar { partial: true, ..Grammar::STRICT };
const BOUND: Grammar = Grammar { wildcards: true, ..VERSION };

/// The order of two versions, or `None` when one of them is none.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::cargo;
/// assert_eq!(cargo::compare("1.0.0-alpha.1", "1.0.0-alpha.beta"), Some(Ordering::Less));
/// assert_eq!(cargo::compare("1.0.0.0", "1.0.0"), None);
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(Version::parse(left, VERSION)?.order(&Version::parse(right, VERSION)?))
}

/// Whether a version meets a requirement such as `>=1.2, <1.5`, as Cargo decides it.
///
/// ```
/// # use plimsoll_packages::versions::cargo;
/// assert_eq!(cargo::satisfies("0.2.3", "0.2.9"), Some(true));
/// assert_eq!(cargo::satisfies("0.2.3", "0.3.0"), Some(false));
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    let version = Version::parse(version, VERSION)?;
    if matches!(requirement.trim(), "*" | "x" | "X") {
        return Some(version.pre.is_empty());
    }
    let (mut found, mut allows_pre) = (true, version.pre.is_empty());
    for comparator in requirement.split(',') {
        let (operator, bound) = split_operator(comparator.trim());
        let bound = Version::parse(bound, BOUND).filter(|bound| bound.given > 0 && !bound.ragged)?;
        found &= is_met(operator, &bound, &version)?;
        allows_pre |= bound.given == 3 && !bound.pre.is_empty() && version.prefix(&bound, 3).is_eq();
    }
    Some(found && allows_pre)
}

fn is_met(operator: &str, bound: &Version<'_>, version: &Version<'_>) -> Option<bool> {
    let prefix = version.prefix(bound, bound.given);
    let order = if bound.given == 3 { version.order(bound) } else { prefix };
    // A bound that leaves numbers out neither equals a pre-release nor is it before or after one of the same numbers.
    let is_comparable = bound.given == 3 || prefix.is_ne() || version.pre.is_empty();
    match operator {
        "" if bound.parts > bound.given => Some(order.is_eq() && is_comparable),
        "^" | "" => Some(order.is_ge() && version.prefix(bound, bound.significant().min(bound.given)).is_eq()),
        "~" => Some(order.is_ge() && version.prefix(bound, bound.given.min(2)).is_eq() && is_comparable),
        "=" | "<" | "<=" | ">" | ">=" => holds(operator, order).map(|met| met && is_comparable),
        _ => None,
    }
}
