//! Hex's order of versions and its requirements: those of Elixir's `Version`.
//!
//! The rules are those of <https://hexdocs.pm/elixir/Version.html>: Semantic Versioning in full, builds do not count.
//! Requirements admit pre-releases, as `Version.match?/3` does unless told otherwise.

use std::cmp::Ordering;

use super::operators::{holds, split_comparison};
use super::semver::{Grammar, Version};

/// What `~>` takes.
const PARTIAL: Grammar = Grammar { partial: true, partial_pre: true, ..Grammar::STRICT };

/// The order of two versions, or `None` when one of them is none.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::hex;
/// assert_eq!(hex::compare("1.0.0-rc.1", "1.0.0+build"), Some(Ordering::Less));
/// assert_eq!(hex::compare("1.0", "1.0.0"), None);
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(Version::parse(left, Grammar::STRICT)?.order(&Version::parse(right, Grammar::STRICT)?))
}

/// Whether a version meets a requirement such as `~> 1.2 and != 1.3.0 or >= 2.0.0`.
///
/// ```
/// # use plimsoll_packages::versions::hex;
/// assert_eq!(hex::satisfies("~> 1.2", "1.9.0"), Some(true));
/// assert_eq!(hex::satisfies("~> 1.2.0", "1.9.0"), Some(false));
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    let version = Version::parse(version, Grammar::STRICT)?;
    // `or` binds least: what has been found in the alternatives before, and in this one so far.
    let (mut earlier, mut current) = (false, true);
    let mut words = requirement.split_whitespace();
    loop {
        current &= is_met(words.next()?, &mut words, &version)?;
        match words.next() {
            None => return Some(earlier || current),
            Some("and") => {}
            Some("or") => (earlier, current) = (earlier || current, true),
            Some(_) => return None,
        }
    }
}

/// One comparison; its version may be a word of its own.
fn is_met<'a>(word: &'a str, words: &mut impl Iterator<Item = &'a str>, version: &Version<'_>) -> Option<bool> {
    let (operator, bound) = split_comparison(word, words)?;
    if operator == "~>" {
        let bound = Version::parse(bound, PARTIAL).filter(|bound| bound.given > 1)?;
        return Some(version.order(&bound).is_ge() && version.prefix(&bound, bound.given.saturating_sub(1)).is_eq());
    }
    let order = version.order(&Version::parse(bound, Grammar::STRICT)?);
    match operator {
        "" => holds("==", order),
        "=" => None,
        _ => holds(operator, order),
    }
}
