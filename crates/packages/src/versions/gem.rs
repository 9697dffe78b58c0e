//! RubyGems' order of versions, and its requirements: `~> 1.2, >= 1.2.3`.
//!
//! Order and requirements are those of `Gem::Version` and `Gem::Requirement`,
//! <https://docs.ruby-lang.org/en/3.3/Gem.html> and
//! <https://github.com/rubygems/rubygems/blob/master/lib/rubygems/version.rb>. An empty text, by which RubyGems means 0,
//! is refused.

use std::cmp::Ordering;

use super::operators::{holds, split_operator};
use super::{Natural, split_while};

/// The order of two versions, or `None` when RubyGems would call one of them malformed.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::gem;
/// assert_eq!(gem::compare("1.0.0.rc1", "1.0"), Some(Ordering::Less));
/// assert_eq!(gem::compare("1.0-java", "1.0.pre.java"), Some(Ordering::Equal));
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(Version::parse(left)?.cmp(&Version::parse(right)?))
}

/// Whether a version meets all of the requirements between the commas; `None` when one of them is malformed.
///
/// ```
/// # use plimsoll_packages::versions::gem;
/// assert_eq!(gem::satisfies("~> 1.2, != 1.3", "1.9.1"), Some(true));
/// assert_eq!(gem::satisfies("~> 1.2.0", "1.3"), Some(false));
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    let version = Version::parse(version)?;
    let mut answer = true;
    for one in requirement.split(',') {
        answer &= is_met(one, &version)?;
    }
    Some(answer)
}

fn is_met(requirement: &str, version: &Version<'_>) -> Option<bool> {
    let (operator, bound) = split_operator(requirement.trim_matches(is_space));
    let bound = Version::parse(bound)?;
    let order = version.cmp(&bound);
    match operator {
        "" => Some(order.is_eq()),
        "==" => None,
        "~>" => Some(order.is_ge() && version.is_before_bump(&bound)),
        _ => holds(operator, order),
    }
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r')
}

#[derive(Debug, Clone, Copy)]
struct Version<'a> {
    /// What stands before the first letter or hyphen.
    numbers: &'a str,
    /// The same without the zeros at its end, which do not count.
    significant: &'a str,
    rest: &'a str,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_matches(is_space);
        let (numbers, tail) = text.split_once('-').map_or((text, None), |(numbers, tail)| (numbers, Some(tail)));
        let mut parts = numbers.split('.');
        let is_release =
            parts.next().is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
                && parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let is_tail = |tail: &str| {
            let mut parts = tail.split('.');
            parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
        };
        let is_accepted = is_release && tail.is_none_or(is_tail);
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
        let (numbers, rest) = text.split_at_checked(end)?;
        is_accepted.then(|| Self { numbers, significant: trim_zeros(numbers), rest })
    }

    fn segments(&self) -> impl Iterator<Item = Segment<'a>> {
        let numbers = Segments { rest: self.significant.as_bytes() };
        numbers.chain(Segments { rest: self.rest.as_bytes() })
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = (self.segments(), other.segments());
        loop {
            let (segment, met) = match (left.next(), right.next()) {
                (None, None) => return Ordering::Equal,
                (segment, met) => (segment.unwrap_or(Segment::ZERO), met.unwrap_or(Segment::ZERO)),
            };
            let order = segment.cmp(&met);
            if order.is_ne() {
                return order;
            }
        }
    }

    /// Whether the release is before `bound` without its last number and with one more in the last but one.
    fn is_before_bump(&self, bound: &Self) -> bool {
        let kept = bound.numbers.split('.').filter(|number| !number.is_empty()).count().saturating_sub(1).max(1);
        let numbers = |version: &Self| Segments { rest: version.numbers.as_bytes() }.chain(zeros()).take(kept);
        numbers(self).le(numbers(bound))
    }
}

fn zeros<'a>() -> impl Iterator<Item = Segment<'a>> {
    std::iter::repeat(Segment::ZERO)
}

/// Numbers between dots without those at the end that are zero.
fn trim_zeros(mut numbers: &str) -> &str {
    loop {
        let (front, last) = numbers.rsplit_once('.').unwrap_or(("", numbers));
        if numbers.is_empty() || last.bytes().any(|digit| digit != b'0') {
            return numbers;
        }
        numbers = front;
    }
}

/// A part of a version; words are before numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'a> {
    Word(&'a [u8]),
    Number(Natural<'a>),
}

impl Segment<'_> {
    const ZERO: Self = Self::Number(Natural::ZERO);
}

struct Segments<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        let (_, text) = split_while(self.rest, |byte| byte == b'.');
        let (segment, rest) = match text {
            [] => return None,
            // What a hyphen stands for.
            [b'-', rest @ ..] => (Segment::Word(b"pre"), rest),
            [b'0'..=b'9', ..] => {
                let (digits, rest) = split_while(text, |byte| byte.is_ascii_digit());
                (Segment::Number(Natural::new(digits)), rest)
            }
            _ => {
                let (letters, rest) = split_while(text, |byte| byte.is_ascii_alphabetic());
                (Segment::Word(letters), rest)
            }
        };
        self.rest = rest;
        Some(segment)
    }
}
