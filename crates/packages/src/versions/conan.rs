//! Conan's order of versions, and its ranges: `[>=1.2 <2 || ^3.1, include_prerelease]`.
//!
//! The rules are those of <https://docs.conan.io/2/tutorial/versioning/version_ranges.html> and of Conan's classes
//! `Version` and `VersionRange`. Every text but the empty one is a version: numbers and words between dots, after the
//! first hyphen a pre-release, after the last plus a build, which counts.

use std::cmp::Ordering;

use super::Natural;
use super::operators::holds;

/// A range with more conditions than this is nobody's.
const MOST_CONDITIONS: usize = 1_000;

/// The order of two versions, or `None` when one of them is empty.
///
/// Where a word meets a number both compare as text, so that versions which have numbers here and words there
/// (`9` < `10` < `1a` < `9`) are no order; that is Conan's.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::conan;
/// assert_eq!(conan::compare("1.2-rc.1", "1.2.0"), Some(Ordering::Less));
/// assert_eq!(conan::compare("1.2+build", "1.2"), Some(Ordering::Greater));
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    let is_given = !left.is_empty() && !right.is_empty();
    is_given.then(|| Version::parse(left).cmp(&Version::parse(right)))
}

/// Whether a version is in a range, which may stand in brackets; `None` when the range is malformed.
///
/// ```
/// # use plimsoll_packages::versions::conan;
/// assert_eq!(conan::satisfies("[>=1.2 <2]", "1.9"), Some(true));
/// assert_eq!(conan::satisfies("~1.2", "1.3"), Some(false));
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    let range = requirement.strip_prefix('[').and_then(|range| range.strip_suffix(']')).unwrap_or(requirement);
    if range.is_empty() || version.is_empty() || range.split(['|', ' ']).count() > MOST_CONDITIONS {
        return None;
    }
    let (range, options) = range.split_once(',').map_or((range, None), |(range, options)| (range, Some(options)));
    let allows_pre = match options {
        Some(options) => allows_pre(options)?,
        None => false,
    };
    let parsed = Version::parse(version);
    let mut answer = false;
    for alternative in range.split("||") {
        let mut is_met = allows_pre || parsed.pre.is_none();
        let mut conditions = alternative.split_whitespace().peekable();
        if conditions.peek().is_none() {
            is_met &= is_in(version, &parsed, "*")?;
        }
        for condition in conditions {
            is_met &= is_in(version, &parsed, condition)?;
        }
        answer |= is_met;
    }
    Some(answer)
}

/// What stands after the comma: options, of which Conan knows one and ignores the others.
fn allows_pre(options: &str) -> Option<bool> {
    for option in options.split(',') {
        if option.contains("include_prerelease") {
            return Some(true);
        }
        if !option.trim().starts_with(char::is_alphabetic) {
            return None;
        }
    }
    Some(false)
}

fn is_in(text: &str, version: &Version<'_>, condition: &str) -> Option<bool> {
    if condition == "*" {
        return Some(is_related(version, ">=", "0.0.0"));
    }
    let operators = [">=", "<=", ">", "<", "^", "~", "="];
    let Some(operator) = operators.into_iter().find(|operator| condition.starts_with(operator)) else {
        let front = condition.strip_suffix('*').filter(|front| !front.is_empty());
        return match front {
            Some(front) => Some(text.starts_with(front)),
            None if condition.chars().nth(1).is_none_or(|second| second == '=') => None,
            None => Some(is_related(version, "=", condition)),
        };
    };
    let bound = condition.strip_prefix(operator)?;
    if bound.is_empty() || (bound.starts_with('=') && matches!(operator, "^" | "~" | "=")) {
        return None;
    }
    match operator {
        "^" | "~" => is_near(version, operator, bound),
        _ => Some(is_related(version, operator, bound)),
    }
}

/// Whether `version` is on the operator's side of `bound`. Of the versions between a bound's pre-releases and itself,
/// `>=` takes all and `<` none.
fn is_related(version: &Version<'_>, operator: &str, bound: &str) -> bool {
    let mut parsed = Version::parse(bound);
    if matches!(operator, ">=" | "<") && parsed.pre.is_none() && parsed.build.is_none() {
        parsed.pre = Some("");
    }
    holds(operator, version.cmp(&parsed)).unwrap_or(false)
}

/// `~1.2` is any 1.2, `^1.2` any 1 from there on; in `^0.1` the first number that is not zero takes the place of the 1.
fn is_near(version: &Version<'_>, operator: &str, bound: &str) -> Option<bool> {
    let mut lower = Version::parse(bound);
    let items = || lower.numbers.split('.');
    let index = match operator {
        "~" => items().count().saturating_sub(1).min(1),
        _ => items().position(|item| Item::new(item) != Item::ZERO)?,
    };
    let mut upper: String = items().take(index).flat_map(|item| [item, "."]).collect();
    upper.push_str(&successor(items().nth(index)?)?);
    // The pre-releases of the upper bound are beyond it.
    let upper = Version { pre: Some(""), ..Version::parse(&upper) };
    if operator == "~" || lower.build.is_none() {
        lower.pre = lower.pre.or(Some(""));
    }
    Some(version.cmp(&lower).is_ge() && version.cmp(&upper).is_lt())
}

/// The number after this one; `None` for words.
fn successor(digits: &str) -> Option<String> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let front = digits.trim_end_matches('9');
    let nines = "0".repeat(digits.len().saturating_sub(front.len()));
    let (rest, last) = front.split_at_checked(front.len().saturating_sub(1))?;
    let last = last.parse::<u8>().unwrap_or(0).saturating_add(1);
    Some(format!("{rest}{last}{nines}"))
}

#[derive(Debug, Clone, Copy)]
struct Version<'a> {
    numbers: &'a str,
    items: Items<'a>,
    pre: Option<&'a str>,
    build: Option<&'a str>,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Self {
        let (text, build) = text.rsplit_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
        let (numbers, pre) = text.split_once('-').map_or((text, None), |(numbers, pre)| (numbers, Some(pre)));
        Self { numbers, items: Items::new(numbers), pre, build }
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.items.cmp(&other.items);
        match (self.pre, other.pre) {
            (Some(pre), Some(met)) => order.then_with(|| Items::new(pre).cmp(&Items::new(met))),
            (Some(_), None) => return order.then(Ordering::Less),
            (None, Some(_)) => return order.then(Ordering::Greater),
            (None, None) => order,
        }
        .then_with(|| match (self.build, other.build) {
            (Some(build), Some(met)) => Items::new(build).cmp(&Items::new(met)),
            (build, met) => build.is_some().cmp(&met.is_some()),
        })
    }
}

/// What is between dots, without the zeros at the end; `None` when nothing is left.
#[derive(Debug, Clone, Copy)]
struct Items<'a>(Option<&'a str>);

impl<'a> Items<'a> {
    fn new(text: &'a str) -> Self {
        let mut rest = Some(text);
        while let Some(text) = rest {
            let (front, last) = text.rsplit_once('.').map_or((None, text), |(front, last)| (Some(front), last));
            if Item::new(last) != Item::ZERO {
                break;
            }
            rest = front;
        }
        Self(rest)
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let items = |items: &Self| items.0.into_iter().flat_map(|text| text.split('.')).map(Item::new);
        items(self).cmp(items(other))
    }
}

/// What is between two dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item<'a> {
    Number(Natural<'a>),
    Word(&'a str),
}

impl<'a> Item<'a> {
    const ZERO: Self = Self::Number(Natural::ZERO);

    fn new(text: &'a str) -> Self {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { Self::Number(Natural::new(text.as_bytes())) } else { Self::Word(text) }
    }

    /// As Conan writes it to compare it with a word.
    fn text(&self) -> &[u8] {
        match self {
            Self::Number(number) => number.text(),
            Self::Word(word) => word.as_bytes(),
        }
    }
}

impl Ord for Item<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(number), Self::Number(met)) => number.cmp(met),
            _ => self.text().cmp(other.text()),
        }
    }
}

impl PartialOrd for Item<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
