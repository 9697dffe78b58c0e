//! Haskell's order of versions, numbers with dots between them, and Cabal's ranges: `>=1.2 && <1.5 || ==2.0.*`.
//!
//! The grammar is Cabal's, <https://hackage.haskell.org/package/Cabal-syntax/docs/Distribution-Types-VersionRange.html>;
//! what `^>=` means stands in the package versioning policy, <https://pvp.haskell.org/>. As in Cabal, a number has at
//! most nine digits and no zeros before it; tags (`1.2-rc1`), which are no longer in use, do not count.

use std::cmp::Ordering;

use super::Natural;
use super::operators::holds;

/// How deep parentheses may stand in each other.
const DEEPEST: usize = 32;

/// The order of two versions, or `None` when Cabal would not read one of them.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::hackage;
/// assert_eq!(hackage::compare("1.2", "1.2.0"), Some(Ordering::Less));
/// assert_eq!(hackage::compare("1.2rc1", "1.2"), None);
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    (is_version(left) && is_version(right)).then(|| numbers(left).cmp(numbers(right)))
}

/// Whether a version is in a range; `None` when the range is malformed.
///
/// ```
/// # use plimsoll_packages::versions::hackage;
/// assert_eq!(hackage::satisfies("^>=1.2.3 || ==2.*", "1.2.9"), Some(true));
/// assert_eq!(hackage::satisfies(">=1.2 && <1.3", "1.3"), Some(false));
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    let mut parser = Parser { rest: requirement.trim_matches(' '), version };
    let answer = parser.any(DEEPEST)?;
    (is_version(version) && parser.rest.is_empty()).then_some(answer)
}

fn is_version(text: &str) -> bool {
    let (numbers, tags) = text.split_once('-').map_or((text, None), |(numbers, tags)| (numbers, Some(tags)));
    let is_tag = |tag: &str| !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_number = |number: &str| {
        let is_short = (1..=9).contains(&number.len()) && (number == "0" || !number.starts_with('0'));
        is_short && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    numbers.split('.').all(is_number) && tags.is_none_or(|tags| tags.split('-').all(is_tag))
}

/// The numbers of a version; tags behind them do not count.
fn numbers(text: &str) -> impl Iterator<Item = Natural<'_>> {
    let numbers = text.split('-').next().unwrap_or_default();
    numbers.split('.').map(|number| Natural::new(number.as_bytes()))
}

/// A reader of ranges that decides about `version` as it reads.
struct Parser<'a> {
    rest: &'a str,
    version: &'a str,
}

impl<'a> Parser<'a> {
    /// Whether `text` comes next; it and the spaces after it are taken.
    fn takes(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest.trim_start_matches(' ');
                true
            }
            None => false,
        }
    }

    fn any(&mut self, depth: usize) -> Option<bool> {
        let mut answer = self.all(depth)?;
        while self.takes("||") {
            answer |= self.all(depth)?;
        }
        Some(answer)
    }

    fn all(&mut self, depth: usize) -> Option<bool> {
        let mut answer = self.one(depth)?;
        while self.takes("&&") {
            answer &= self.one(depth)?;
        }
        Some(answer)
    }

    fn one(&mut self, depth: usize) -> Option<bool> {
        if self.takes("(") {
            let answer = self.any(depth.checked_sub(1)?)?;
            return self.takes(")").then_some(answer);
        }
        const OPERATORS: [&str; 6] = ["==", ">=", "<=", "^>=", ">", "<"];
        let operator = *OPERATORS.iter().find(|operator| self.rest.starts_with(**operator))?;
        self.takes(operator);
        if matches!(operator, "==" | "^>=") && self.takes("{") {
            return self.set(operator);
        }
        let (bound, is_wild) = self.bound()?;
        if is_wild {
            return (operator == "==" && !bound.contains('-')).then(|| self.starts_with(bound));
        }
        self.is_met(operator, bound)
    }

    /// The rest of `{1.0, 1.1}`.
    fn set(&mut self, operator: &str) -> Option<bool> {
        let mut answer = false;
        loop {
            let (bound, is_wild) = self.bound()?;
            if is_wild || bound.contains('-') {
                return None;
            }
            answer |= self.is_met(operator, bound)?;
            if self.takes("}") {
                return Some(answer);
            }
            if !self.takes(",") {
                return None;
            }
        }
    }

    /// A version, and whether `.*` stands after it.
    fn bound(&mut self) -> Option<(&'a str, bool)> {
        let is_within = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-');
        let end = self.rest.find(|letter| !is_within(letter)).unwrap_or(self.rest.len());
        let (bound, rest) = self.rest.split_at_checked(end)?;
        let (bound, rest, is_wild) = match (bound.strip_suffix('.'), rest.strip_prefix('*')) {
            (Some(bound), Some(rest)) => (bound, rest, true),
            _ => (bound, rest, false),
        };
        self.rest = rest.trim_start_matches(' ');
        is_version(bound).then_some((bound, is_wild))
    }

    fn is_met(&self, operator: &str, bound: &str) -> Option<bool> {
        let order = numbers(self.version).cmp(numbers(bound));
        match operator {
            "^>=" => Some(order.is_ge() && major(self.version).eq(major(bound))),
            _ => holds(operator, order),
        }
    }

    fn starts_with(&self, bound: &str) -> bool {
        let length = numbers(bound).count();
        numbers(self.version).take(length).eq(numbers(bound))
    }
}

/// The first two numbers, a missing second one counting as 0.
fn major(text: &str) -> impl Iterator<Item = Natural<'_>> {
    numbers(text).chain([Natural::ZERO]).take(2)
}
