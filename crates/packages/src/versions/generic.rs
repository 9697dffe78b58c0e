//! An order for versions of programs that belong to no package system: OpenSSL, nginx, a JDK.
//!
//! There is no authority for it. Versions are read as runs of digits and of letters, whatever else is in them only
//! separates:
//!
//! - numbers compare as numbers, and missing ones are 0: `1.2` is `1.2.0`;
//! - words for pre-releases come before the end, in the order of [`BEFORE`]: `2.0-dev`, `2.0alpha1`, `2.0-rc.1`, `2.0`;
//!   right after a digit and right before one, `a` and `b` mean alpha and beta (`3.13.0b2`);
//! - other letters come after the end and before further numbers: `1.1.1` < `1.1.1w` < `1.1.1za` < `1.1.1.1`, `9.6p1`;
//! - words that tell releases from nothing ([`NEUTRAL`]) do not count, nor does anything from a `+` on: `17.0.9+9`.

use std::cmp::Ordering;

use super::operators::contains;
use super::{Natural, split_while};

/// What comes before a release, earliest first; one row holds words that mean the same.
const BEFORE: [&[&str]; 6] = [
    &["dev", "snapshot", "nightly", "canary"],
    &["alpha"],
    &["beta"],
    &["m", "milestone", "ea"],
    &["pre", "preview"],
    &["rc", "cr"],
];
const NEUTRAL: [&str; 6] = ["release", "final", "ga", "stable", "lts", "fips"];

/// The order of two versions, or `None` when one of them does not begin with a number or holds what no version does.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::generic;
/// assert_eq!(generic::compare("1.1.1w", "1.1.1"), Some(Ordering::Greater));
/// assert_eq!(generic::compare("3.13.0rc1", "3.13.0"), Some(Ordering::Less));
/// assert_eq!(generic::compare("unknown", "1.0"), None);
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (mut left, mut right) = (Tokens::new(left)?, Tokens::new(right)?);
    loop {
        let (a, b) = (left.next(), right.next());
        let order = a.cmp(&b);
        if order.is_ne() || a == Token::End {
            return Some(order);
        }
    }
}

/// Whether comparisons such as `>=1.1.0, <1.1.1w` hold; `||` separates alternatives.
///
/// ```
/// # use plimsoll_packages::versions::generic;
/// assert_eq!(generic::satisfies(">= 1.1.1, < 1.1.1w || 3.0.1", "1.1.1k"), Some(true));
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    contains(requirement, "=", |bound| compare(version, bound))
}

/// What a version is made of, least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Token<'a> {
    /// Its row in [`BEFORE`].
    Before(usize),
    End,
    Letters(&'a [u8]),
    Number(Natural<'a>),
}

#[derive(Clone, Copy)]
struct Tokens<'a> {
    rest: &'a [u8],
    /// Whether a digit was read last, with nothing since.
    after_digit: bool,
    /// How much is left at the next number that is not 0: zeros before it count.
    counts_until: usize,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+~:/()".contains(&byte);
        let is_version = text.starts_with(|first: char| first.is_ascii_digit()) && text.bytes().all(is_known);
        let (rest, _) = split_while(text.as_bytes(), |byte| byte != b'+');
        is_version.then_some(Self { rest, after_digit: false, counts_until: usize::MAX })
    }

    fn next(&mut self) -> Token<'a> {
        loop {
            match self.read() {
                Token::Letters(word) if is_one_of(word, &NEUTRAL) => {}
                Token::Number(number) if number == Natural::ZERO && !self.counts() => {}
                token => return token,
            }
        }
    }

    /// Whether a zero that was just read counts, for a number that is not 0 follows before any word. If not, all zeros
    /// up to that word are skipped: each is looked at once.
    fn counts(&mut self) -> bool {
        let mut ahead = *self;
        while self.rest.len() <= self.counts_until {
            let before = ahead;
            match ahead.read() {
                Token::Letters(word) if is_one_of(word, &NEUTRAL) => {}
                Token::Number(number) if number == Natural::ZERO => {}
                Token::Number(_) => self.counts_until = ahead.rest.len(),
                _ => {
                    *self = before;
                    return false;
                }
            }
        }
        true
    }

    fn read(&mut self) -> Token<'a> {
        let (separators, rest) = split_while(self.rest, |byte| !byte.is_ascii_alphanumeric());
        let after_digit = self.after_digit && separators.is_empty();
        let (digits, after) = split_while(rest, |byte| byte.is_ascii_digit());
        (self.rest, self.after_digit) = (after, !digits.is_empty());
        if !digits.is_empty() {
            return Token::Number(Natural::new(digits));
        }
        let (letters, after) = split_while(rest, |byte| byte.is_ascii_alphabetic());
        self.rest = after;
        let is_between_digits = after_digit && after.first().is_some_and(u8::is_ascii_digit);
        match letters {
            [] => Token::End,
            [b'a'] if is_between_digits => Token::Before(1),
            [b'b'] if is_between_digits => Token::Before(2),
            _ => {
                BEFORE.iter().position(|words| is_one_of(letters, words)).map_or(Token::Letters(letters), Token::Before)
            }
        }
    }
}

fn is_one_of(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word))
}
