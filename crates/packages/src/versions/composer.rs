//! Composer's order of versions; its constraints are in [`ranges`].
//!
//! The rules are those of composer/semver, <https://getcomposer.org/doc/articles/versions.md>: what people write is first
//! brought into a normal form, `1.0-b2` into `1.0.0.0-beta2`, and those are ordered by PHP's `version_compare`,
//! <https://www.php.net/manual/function.version-compare.php>. Alone among the orders it allocates, for that form.

mod ranges;

use std::cmp::Ordering;

use super::{Natural, split_while};

pub use ranges::satisfies;

/// What a number of a branch counts for that is not given: `1.x-dev` is after all of 1.
const LAST: &str = "9999999";

/// The order of two versions, or `None` when Composer would refuse one of them, or when one is a branch (`dev-main`)
/// and the other is not the same branch.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::composer;
/// assert_eq!(composer::compare("v1.0-b2", "1.0.0-beta.2"), Some(Ordering::Equal));
/// assert_eq!(composer::compare("1.0.x-dev", "1.0.9"), Some(Ordering::Greater));
/// assert_eq!(composer::compare("dev-main", "1.0"), None);
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (normalize(left)?, normalize(right)?);
    if is_branch(&left) || is_branch(&right) {
        return (left == right).then_some(Ordering::Equal);
    }
    Some(compare_normal(&left, &right))
}

fn is_branch(normal: &str) -> bool {
    normal.starts_with("dev-")
}

/// The normal form of a version: numbers, then perhaps a stability; or a branch after `dev-`.
fn normalize(text: &str) -> Option<String> {
    let text = strip_alias(text.trim_matches([' ', '\n', '\r', '\t', '\u{b}', '\0']));
    let text = strip_stability(text).map_or(text, |(text, _)| text);
    if matches!(text, "master" | "trunk" | "default") {
        return Some(format!("dev-{text}"));
    }
    if let Some(branch) = strip_prefix_ignoring_case(text, "dev-") {
        return Some(format!("dev-{branch}"));
    }
    let text = strip_build(text);
    normalize_release(text).or_else(|| normalize_date(text)).or_else(|| normalize_branch(text))
}

/// `1.0` of `1.0 as 2.0`.
fn strip_alias(text: &str) -> &str {
    let is_word =
        |text: &str| !text.is_empty() && !text.contains(|letter: char| letter == ',' || letter.is_ascii_whitespace());
    let Some((version, rest)) = text.split_once(' ') else { return text };
    let alias = rest.trim_start_matches(' ').strip_prefix("as ").map(|alias| alias.trim_start_matches(' '));
    if is_word(version) && alias.is_some_and(is_word) { version } else { text }
}

/// A version and the stability that stands behind its `@`.
fn strip_stability(text: &str) -> Option<(&str, &str)> {
    let (version, stability) = text.rsplit_once('@')?;
    let known = ["stable", "RC", "beta", "alpha", "dev"];
    known.iter().any(|known| known.eq_ignore_ascii_case(stability)).then_some((version, stability))
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (front, rest) = text.split_at_checked(prefix.len())?;
    front.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// `1.0` of `1.0+build`.
fn strip_build(text: &str) -> &str {
    let is_space = |letter: char| letter.is_ascii_whitespace();
    match text.split_once('+') {
        Some((version, build))
            if !version.is_empty()
                && !version.contains(|letter| letter == ',' || is_space(letter))
                && !build.is_empty()
                && !build.contains(is_space) =>
        {
            version
        }
        _ => text,
    }
}

fn strip_v(text: &str) -> &str {
    text.strip_prefix(['v', 'V']).unwrap_or(text)
}

/// One to four numbers, of which the first has at most five digits.
fn normalize_release(text: &str) -> Option<String> {
    let (numbers, rest) = split_numbers(strip_v(text), 4)?;
    let modifier = Modifier::parse(rest)?;
    let first = numbers.split('.').next()?;
    let missing = 3_usize.checked_sub(numbers.matches('.').count())?;
    (first.len() <= 5).then(|| modifier.append_to(format!("{numbers}{}", ".0".repeat(missing))))
}

/// Up to `most` numbers with dots between them, and what follows.
fn split_numbers(text: &str, most: usize) -> Option<(&str, &str)> {
    let mut end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    if end == 0 {
        return None;
    }
    for _ in 1..most {
        let Some(rest) = text.get(end..)?.strip_prefix('.') else { break };
        let length = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        if length == 0 {
            break;
        }
        end = end.checked_add(length)?.checked_add(1)?;
    }
    text.split_at_checked(end)
}

/// Dates and times: four digits, pairs of digits, perhaps up to three more; `.`, `:` or `-` between them as one likes.
fn normalize_date(text: &str) -> Option<String> {
    let text = strip_v(text);
    let is_separator = |letter: char| matches!(letter, '.' | ':' | '-');
    let end = text.find(|letter: char| !letter.is_ascii_digit() && !is_separator(letter)).unwrap_or(text.len());
    let date = text.get(..end)?.trim_end_matches(is_separator);
    let modifier = Modifier::parse(text.get(date.len()..)?)?;
    let mut runs = date.split(is_separator).map(str::len);
    let mut length = runs.next()?.checked_sub(4)?;
    let mut pairs = 0_usize;
    for next in runs {
        if length % 2 != 0 || next == 0 {
            return None;
        }
        pairs = pairs.checked_add(length / 2)?;
        length = next;
    }
    // Of the last run up to three digits may be no pairs.
    let most = pairs.checked_add(length / 2)?;
    let least = if length >= 2 && length % 2 == 0 || length >= 3 { most.saturating_sub(1) } else { most };
    let is_date = most >= 1 && least <= 6;
    is_date.then(|| modifier.append_to(date.replace(is_separator, ".")))
}

/// Branches that have numbers: `1.x-dev`, `2.0.*-dev`.
fn normalize_branch(text: &str) -> Option<String> {
    let (name, dev) = text.split_at_checked(text.len().checked_sub(3)?)?;
    let name = strip_v(name.strip_suffix(['.', '-']).unwrap_or(name).trim());
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = name.split('.').count();
    let is_branch = dev.eq_ignore_ascii_case("dev")
        && parts <= 4
        && name.split('.').next().is_some_and(is_number)
        && name.split('.').skip(1).all(|part| is_number(part) || matches!(part, "x" | "X" | "*"));
    is_branch.then(|| {
        let numbers = name.split('.').map(|part| if is_number(part) { part } else { LAST });
        let numbers: Vec<&str> = numbers.chain(std::iter::repeat(LAST)).take(4).collect();
        format!("{}-dev", numbers.join("."))
    })
}

/// What may stand behind the numbers: a stability, perhaps with numbers of its own, and `dev`.
#[derive(Debug, Clone, Copy)]
struct Modifier<'a> {
    /// As it is written; empty when there is none.
    stability: &'a str,
    numbers: &'a str,
    is_dev: bool,
}

impl<'a> Modifier<'a> {
    /// The whole of `text` as a modifier, which may be empty.
    fn parse(text: &'a str) -> Option<Self> {
        let behind = text.strip_prefix(['.', '_', '-']);
        behind.and_then(Self::parse_words).or_else(|| Self::parse_words(text))
    }

    fn parse_words(text: &'a str) -> Option<Self> {
        const STABILITIES: [&str; 9] = ["stable", "beta", "b", "rc", "alpha", "a", "patch", "pl", "p"];
        let find = |word: &&&str| strip_prefix_ignoring_case(text, word).is_some();
        let length = STABILITIES.iter().find(find).map_or(0, |word| word.len());
        let (stability, rest) = text.split_at_checked(length)?;
        let (numbers, rest) = if stability.is_empty() { ("", rest) } else { split_suffix_numbers(rest) };
        let dev = rest.strip_prefix(['.', '-']).unwrap_or(rest);
        let is_dev = dev.eq_ignore_ascii_case("dev");
        (is_dev || rest.is_empty()).then_some(Self { stability, numbers, is_dev })
    }

    fn append_to(&self, mut numbers: String) -> String {
        if self.stability == "stable" {
            return numbers;
        }
        if !self.stability.is_empty() {
            numbers.push('-');
            match self.stability.to_ascii_lowercase().as_str() {
                "a" => numbers.push_str("alpha"),
                "b" => numbers.push_str("beta"),
                "p" | "pl" => numbers.push_str("patch"),
                "rc" => numbers.push_str("RC"),
                stability => numbers.push_str(stability),
            }
            numbers.push_str(self.numbers.trim_start_matches(['.', '-']));
        }
        if self.is_dev {
            numbers.push_str("-dev");
        }
        numbers
    }
}

/// Numbers, each perhaps after a dot or hyphen, and what follows.
fn split_suffix_numbers(text: &str) -> (&str, &str) {
    let mut end = 0;
    while let Some(rest) = text.get(end..) {
        let number = rest.strip_prefix(['.', '-']).unwrap_or(rest);
        let behind = number.trim_start_matches(|letter: char| letter.is_ascii_digit());
        if behind.len() == number.len() {
            break;
        }
        end = text.len().saturating_sub(behind.len());
    }
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The order that `version_compare` gives to normal forms.
fn compare_normal(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.as_bytes(), right.as_bytes());
    loop {
        let (part, met) = (next_part(&mut left), next_part(&mut right));
        let order = part.cmp(&met);
        if order.is_ne() || part == Part::End {
            return order;
        }
    }
}

/// What normal forms are made of, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    /// A word that `version_compare` does not know, such as `stable`.
    Other,
    Dev,
    Alpha,
    Beta,
    Candidate,
    End,
    Number(Natural<'a>),
    Patch,
}

fn next_part<'a>(text: &mut &'a [u8]) -> Part<'a> {
    let (_, part) = split_while(text, |byte| !byte.is_ascii_alphanumeric());
    let (digits, rest) = split_while(part, |byte| byte.is_ascii_digit());
    if !digits.is_empty() {
        *text = rest;
        return Part::Number(Natural::new(digits));
    }
    let (word, rest) = split_while(part, |byte| byte.is_ascii_alphabetic());
    *text = rest;
    match word {
        [] => Part::End,
        b"dev" => Part::Dev,
        b"alpha" => Part::Alpha,
        b"beta" => Part::Beta,
        b"RC" => Part::Candidate,
        b"patch" => Part::Patch,
        _ => Part::Other,
    }
}
