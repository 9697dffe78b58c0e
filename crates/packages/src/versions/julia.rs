//! Julia's order of versions, `VersionNumber`, and its compatibility specifiers.
//!
//! The order is that of <https://docs.julialang.org/en/v1/manual/strings/#man-version-number-literals>: Semantic
//! Versioning, but builds count (`1.1.10+2` of a `_jll`), numbers may be missing, and an empty pre-release (`1.2-`) comes
//! before all others, an empty build (`1.2+`) after all others. Specifiers are those of
//! <https://pkgdocs.julialang.org/v1/compatibility/>; they look at the numbers alone, and commas separate alternatives.

use std::cmp::Ordering;

use super::operators::{holds, split_operator};
use super::semver::{Grammar, Version, compare_identifiers};
use super::split_while;

const NUMBERS: Grammar = Grammar { leading_zeros: true, partial: true, ..Grammar::STRICT };

/// The order of two versions, or `None` when one of them is none.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::julia;
/// assert_eq!(julia::compare("1.1.10+1", "1.1.10+2"), Some(Ordering::Less));
/// assert_eq!(julia::compare("1.2-", "1.2-alpha"), Some(Ordering::Less));
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (Number::parse(left)?, Number::parse(right)?);
    let order = left.numbers.prefix(&right.numbers, 3);
    let order = order.then_with(|| left.pre.rank_pre().cmp(&right.pre.rank_pre()));
    let order = order.then_with(|| left.pre.order(&right.pre));
    let order = order.then_with(|| left.build.rank_build().cmp(&right.build.rank_build()));
    Some(order.then_with(|| left.build.order(&right.build)))
}

/// Whether a version is within a specifier such as `1.2, ~0.4.5, 2.1 - 2.3`.
///
/// ```
/// # use plimsoll_packages::versions::julia;
/// assert_eq!(julia::satisfies("0.4, 1.2", "1.9.0"), Some(true));
/// assert_eq!(julia::satisfies("~1.2", "1.9.0"), Some(false));
/// ```
#[must_use]
pub fn satisfies(specifier: &str, version: &str) -> Option<bool> {
    let version = Number::parse(version)?.numbers;
    let mut found = false;
    for alternative in specifier.split(',') {
        found |= is_met(alternative.trim(), &version)?;
    }
    Some(found)
}

struct Number<'a> {
    numbers: Version<'a>,
    pre: Part<'a>,
    build: Part<'a>,
}

/// A pre-release or build: there may be none, or an empty one, or a list of identifiers.
#[derive(Clone, Copy)]
struct Part<'a>(Option<&'a [u8]>);

impl<'a> Number<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (numbers, rest) = Version::read_numbers(text.as_bytes(), NUMBERS)?;
        let (pre, rest) = match rest {
            [b'-', rest @ ..] => Part::read(rest)?,
            [letter, ..] if letter.is_ascii_alphabetic() => Part::read(rest)?,
            _ => (Part(None), rest),
        };
        let (build, rest) = match rest {
            [b'+', rest @ ..] => Part::read(rest)?,
            _ => (Part(None), rest),
        };
        rest.is_empty().then_some(Self { numbers, pre, build })
    }
}

impl<'a> Part<'a> {
    fn read(text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (list, rest) = split_while(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
        let is_list = list.is_empty() || list.split(|byte| *byte == b'.').all(|identifier| !identifier.is_empty());
        is_list.then_some((Self(Some(list)), rest))
    }

    /// The empty pre-release, then the others, then none.
    fn rank_pre(self) -> u8 {
        match self.0 {
            Some([]) => 0,
            Some(_) => 1,
            None => 2,
        }
    }

    /// No build, then the others, then the empty one.
    fn rank_build(self) -> u8 {
        match self.0 {
            None => 0,
            Some([_, ..]) => 1,
            Some([]) => 2,
        }
    }

    /// Of two of the same rank.
    fn order(&self, other: &Self) -> Ordering {
        compare_identifiers(self.0.unwrap_or_default(), other.0.unwrap_or_default())
    }
}

fn is_met(alternative: &str, version: &Version<'_>) -> Option<bool> {
    if let Some((lowest, highest)) = alternative.split_once(" - ") {
        let (lowest, highest) = (read_bound(lowest.trim())?, read_bound(highest.trim())?);
        let above = version.prefix(&lowest, lowest.given).is_ge();
        return Some(above && version.prefix(&highest, highest.given).is_le());
    }
    let (operator, bound) = match alternative.strip_prefix('≥') {
        Some(bound) => (">=", bound.trim_start()),
        None => split_operator(alternative),
    };
    let bound = read_bound(bound)?;
    let order = version.prefix(&bound, 3);
    let is_zero = bound.given == 3 && bound.significant() == 3 && bound.numbers == read_bound("0")?.numbers;
    match operator {
        _ if is_zero => None,
        "" | "^" => Some(order.is_ge() && version.prefix(&bound, bound.significant().min(bound.given)).is_eq()),
        "~" => Some(order.is_ge() && version.prefix(&bound, bound.given.min(2)).is_eq()),
        "=" | "<" | ">=" => holds(operator, order),
        _ => None,
    }
}

fn read_bound(text: &str) -> Option<Version<'_>> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (numbers, rest) = Version::read_numbers(text.as_bytes(), NUMBERS)?;
    rest.is_empty().then_some(numbers)
}
