//! PyPI's order of versions and its specifiers.
//!
//! Versions are those of <https://packaging.python.org/en/latest/specifications/version-specifiers/> (PEP 440). What is
//! none of those (`2004d`) is a legacy version: all of them come before all others, and among themselves they have the
//! order that `packaging` gave them as long as it knew them (until its version 22). That needs a digit and no other than
//! the usual characters; `unknown` is no version.

mod legacy;
mod specifier;
mod standard;

use std::cmp::Ordering;

use legacy::Legacy;
use standard::Standard;

pub use specifier::satisfies;

/// The order of two versions, or `None` when one of them is none.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::pypi;
/// assert_eq!(pypi::compare("1.0.dev1", "1.0a1"), Some(Ordering::Less));
/// assert_eq!(pypi::compare("1.0-1", "1.0.post1"), Some(Ordering::Equal));
/// assert_eq!(pypi::compare("2004d", "0.1"), Some(Ordering::Less));
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(Version::parse(left)?.cmp(&Version::parse(right)?))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Version<'a> {
    Legacy(Legacy<'a>),
    Standard(Standard<'a>),
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        Standard::parse(text).map(Self::Standard).or_else(|| Legacy::parse(text).map(Self::Legacy))
    }
}
