//! The order of Bitnami's versions, `major.minor.patch[-revision]`.
//!
//! Bitnami's advisories (<https://github.com/bitnami/vulndb>) use Semantic Versioning, its packages put the number of
//! their own revision where that has the pre-release: `1.2.3-4` is not before `1.2.3` but after it. What begins with a
//! number alone is a revision here, and none is revision 0; everything else (`2.6.0-rc4`) is a pre-release. Builds do not
//! count, numbers may be missing or have zeros in front (`2020.04.23`). A bound without a revision speaks of the upstream version: who wants to know whether
//! `1.2.3-4` is at most `1.2.3` leaves the revision out.

use std::cmp::Ordering;

use super::operators::contains;
use super::semver::{Grammar, Identifier, Version, compare_identifiers, identifiers};

const GRAMMAR: Grammar = Grammar { partial: true, leading_zeros: true, ..Grammar::STRICT };

/// The order of two versions, or `None` when one of them is none.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::bitnami;
/// assert_eq!(bitnami::compare("1.2.3-4", "1.2.3"), Some(Ordering::Greater));
/// assert_eq!(bitnami::compare("1.2.3-rc4", "1.2.3"), Some(Ordering::Less));
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (Version::parse(left, GRAMMAR)?, Version::parse(right, GRAMMAR)?);
    let order = left.prefix(&right, 3).then_with(|| is_pre(&right).cmp(&is_pre(&left)));
    Some(order.then_with(|| compare_identifiers(revision(&left), revision(&right))))
}

/// Whether comparisons such as `>=1.2.3 <1.4.0-2` hold; `||` separates alternatives.
///
/// ```
/// # use plimsoll_packages::versions::bitnami;
/// assert_eq!(bitnami::satisfies(">=1.2.3 <1.4.0", "1.2.3-4"), Some(true));
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    contains(requirement, "=", |bound| compare(version, bound))
}

fn is_pre(version: &Version<'_>) -> bool {
    !version.pre.is_empty() && matches!(identifiers(version.pre).next(), Some(Identifier::Text(_)))
}

fn revision<'a>(version: &Version<'a>) -> &'a [u8] {
    if version.pre.is_empty() { b"0" } else { version.pre }
}
