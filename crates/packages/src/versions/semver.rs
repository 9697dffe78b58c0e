//! What the schemes that descend from Semantic Versioning, <https://semver.org>, have in common:
//! `major.minor.patch[-pre][+build]` and the precedence of section 11.
//!
//! Each scheme says in its own file what it takes beyond that, and reads its own ranges. Numbers may have any length.

use std::cmp::Ordering;

use super::{Natural, split_while};

/// What a scheme takes beyond the specification.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grammar {
    /// `1.02.3` and `1.2.3-rc.01`.
    pub leading_zeros: bool,
    /// `1` and `1.2`; what is missing is 0.
    pub partial: bool,
    /// `1.2.x`, `1.*`.
    pub wildcards: bool,
    /// `1.2.3beta`.
    pub bare_pre: bool,
    /// `1.2-beta`.
    pub partial_pre: bool,
}

impl Grammar {
    /// Nothing beyond it.
    pub const STRICT: Self =
        Self { leading_zeros: false, partial: false, wildcards: false, bare_pre: false, partial_pre: false };
}

/// A version, or as much of one as a range names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Version<'a> {
    /// Major, minor, patch.
    pub numbers: [Natural<'a>; 3],
    /// How many numbers and wildcards are written.
    pub parts: usize,
    /// How many numbers stand before the first that is missing or a wildcard.
    pub given: usize,
    /// Whether a number follows a wildcard, which means nothing (`1.x.2`).
    pub ragged: bool,
    /// Identifiers of the pre-release, separated by dots; empty when it is none.
    pub pre: &'a [u8],
    /// Identifiers of the build, likewise.
    pub build: &'a [u8],
}

impl<'a> Version<'a> {
    /// The whole text as one version.
    pub fn parse(text: &'a str, grammar: Grammar) -> Option<Self> {
        let (version, rest) = Self::read(text.as_bytes(), grammar)?;
        rest.is_empty().then_some(version)
    }

    /// The version that a text begins with, and the rest.
    pub fn read(text: &'a [u8], grammar: Grammar) -> Option<(Self, &'a [u8])> {
        let (mut version, mut rest) = Self::read_numbers(text, grammar)?;
        if version.parts == 3 || grammar.partial_pre {
            (version.pre, rest) = match rest {
                [b'-', rest @ ..] => read_identifiers(rest, grammar.leading_zeros)?,
                [letter, ..] if grammar.bare_pre && letter.is_ascii_alphabetic() => {
                    read_identifiers(rest, grammar.leading_zeros)?
                }
                _ => (&[][..], rest),
            };
            if let [b'+', build @ ..] = rest {
                (version.build, rest) = read_identifiers(build, true)?;
            }
        }
        (version.parts == 3 || grammar.partial).then_some((version, rest))
    }

    /// One to three numbers or wildcards, and the rest.
    pub fn read_numbers(text: &'a [u8], grammar: Grammar) -> Option<(Self, &'a [u8])> {
        let mut version = Self { numbers: [Natural::ZERO; 3], parts: 0, given: 0, ragged: false, pre: b"", build: b"" };
        let (mut parts, mut rest) = (0_usize, text);
        for number in &mut version.numbers {
            let after = match rest {
                _ if parts == 0 => rest,
                [b'.', after @ ..] => after,
                _ => break,
            };
            if let ([b'x' | b'X' | b'*', after @ ..], true) = (after, grammar.wildcards) {
                (parts, rest) = (parts.saturating_add(1), after);
                continue;
            }
            let (digits, after) = split_while(after, |byte| byte.is_ascii_digit());
            if digits.is_empty() || (!grammar.leading_zeros && matches!(digits, [b'0', _, ..])) {
                return None;
            }
            version.ragged |= version.given < parts;
            *number = Natural::new(digits);
            (parts, rest) = (parts.saturating_add(1), after);
            version.given = if version.ragged { version.given } else { parts };
        }
        version.parts = parts;
        Some((version, rest))
    }

    /// The precedence of the specification's section 11: builds do not count.
    pub fn order(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| compare_pre(self.pre, other.pre))
    }

    /// The order of the first `count` numbers alone.
    pub fn prefix(&self, other: &Self, count: usize) -> Ordering {
        self.numbers.iter().take(count).cmp(other.numbers.iter().take(count))
    }

    /// How many numbers must stay the same for a version to be compatible: those up to the first that is not 0.
    pub fn significant(&self) -> usize {
        self.numbers.iter().take(2).take_while(|number| **number == Natural::ZERO).count().saturating_add(1)
    }
}

/// A version without a pre-release comes after all with one.
fn compare_pre(a: &[u8], b: &[u8]) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (false, false) => compare_identifiers(a, b),
        (a, b) => a.cmp(&b),
    }
}

/// Identifiers one by one; where one list ends, the longer is greater.
pub(super) fn compare_identifiers(a: &[u8], b: &[u8]) -> Ordering {
    identifiers(a).cmp(identifiers(b))
}

/// What the dots separate.
pub(super) fn identifiers(list: &[u8]) -> impl Iterator<Item = Identifier<'_>> {
    list.split(|byte| *byte == b'.').map(Identifier::new)
}

/// Part of a pre-release, least first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identifier<'a> {
    Number(Natural<'a>),
    Text(&'a [u8]),
}

impl<'a> Identifier<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        if is_number { Self::Number(Natural::new(text)) } else { Self::Text(text) }
    }
}

/// Identifiers separated by dots, none empty, and the rest.
fn read_identifiers(text: &[u8], leading_zeros: bool) -> Option<(&[u8], &[u8])> {
    let (list, rest) = split_while(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    let is_valid = |identifier: &[u8]| {
        let is_padded = matches!(identifier, [b'0', _, ..]) && identifier.iter().all(u8::is_ascii_digit);
        !identifier.is_empty() && (leading_zeros || !is_padded)
    };
    list.split(|byte| *byte == b'.').all(is_valid).then_some((list, rest))
}
