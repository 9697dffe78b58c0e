//! NuGet's order of versions, and its ranges: `[1.0,2.0)`, `1.0` (that or later), `1.*`.
//!
//! The rules are those of <https://learn.microsoft.com/nuget/concepts/package-versioning> and of the library
//! NuGet.Versioning: Semantic Versioning 2 with one to four numbers of 31 bits, without regard to case; builds do not
//! count. A range says what is allowed; a floating one allows what is above its least version, however it would float.
//! Here, though not in the library, one or two digits are a range too.

use std::cmp::Ordering;

use super::{Letters, Word};

/// The order of two versions, or `None` when one of them is none.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::nuget;
/// assert_eq!(nuget::compare("1.0.0.0-RC.2", "1.0-rc.10"), Some(Ordering::Less));
/// assert_eq!(nuget::compare("1.0.0.0.0", "1.0"), None);
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(Version::parse(left)?.cmp(&Version::parse(right)?))
}

/// Whether a version is in a range; `None` when the range is malformed.
///
/// ```
/// # use plimsoll_packages::versions::nuget;
/// assert_eq!(nuget::satisfies("[1.0,2.0)", "2.0.0-beta"), Some(true));
/// assert_eq!(nuget::satisfies("1.5", "1.4"), Some(false));
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    let version = Version::parse(version)?;
    let range = requirement.trim();
    if !range.starts_with(['[', '(']) {
        return Some(least(range)?.cmp(&version).is_le());
    }
    let (is_lower_in, is_upper_in) = (range.starts_with('['), range.ends_with(']'));
    let bounds = range.strip_prefix(['[', '('])?.strip_suffix([']', ')'])?;
    let (lower, upper) = match bounds.split_once(',') {
        Some(("", "")) => return None,
        Some(both) => both,
        None if bounds.is_empty() || !is_lower_in || !is_upper_in => return None,
        None => (bounds, bounds),
    };
    let is_within = |order: Ordering, is_bound_in: bool| order.is_lt() || (order.is_eq() && is_bound_in);
    let mut answer = true;
    if !lower.trim().is_empty() {
        answer &= is_within(least(lower.trim())?.cmp(&version), is_lower_in);
    }
    if !upper.trim().is_empty() {
        answer &= is_within(version.cmp(&Version::parse(upper)?), is_upper_in);
    }
    Some(answer)
}

/// The least version that a lower bound, perhaps a floating one, allows.
fn least(bound: &str) -> Option<Version<'_>> {
    if !bound.contains('*') {
        return Version::parse(bound);
    }
    let (numbers, labels) = match bound.split_once('-') {
        Some((numbers, labels)) => (numbers, labels.strip_suffix('*')),
        None => (bound, Some("")),
    };
    let mut version = match numbers.strip_suffix('*') {
        Some("") => Version { numbers: [0; 4], labels: "" },
        Some(numbers) => Version::parse(numbers.strip_suffix('.').filter(|numbers| count_dots(numbers) < 3)?)?,
        None => Version::parse(numbers)?,
    };
    let floats = numbers.ends_with('*') || bound.contains('-');
    // `1.0-*` allows every pre-release; the least label is 0.
    version.labels = match (bound.contains('-'), labels) {
        (false, _) => "",
        (true, Some("")) => "0",
        (true, Some(labels)) => labels,
        (true, None) => return None,
    };
    let labels = version.labels;
    let are_labels = labels.is_empty() || labels.trim_end_matches('.').split('.').all(is_label);
    (floats && are_labels).then_some(version)
}

fn count_dots(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'.').count()
}

#[derive(Debug, Clone, Copy)]
struct Version<'a> {
    numbers: [u32; 4],
    /// Labels of a pre-release with dots between them; empty for a release.
    labels: &'a str,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
        let (release, labels) = text.split_once('-').map_or((text, None), |(text, labels)| (text, Some(labels)));
        let is_build = |build: &str| build.split('.').all(is_identifier);
        let is_accepted = labels.is_none_or(|labels| labels.split('.').all(is_label)) && build.is_none_or(is_build);
        let mut numbers = [0; 4];
        let mut texts = release.split('.');
        for number in &mut numbers {
            match texts.next() {
                Some(text) => *number = parse_number(text.trim())?,
                None => break,
            }
        }
        (is_accepted && texts.next().is_none()).then_some(Self { numbers, labels: labels.unwrap_or_default() })
    }

    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| match (self.labels, other.labels) {
            ("", labels) | (labels, "") if labels.is_empty() => Ordering::Equal,
            ("", _) => Ordering::Greater,
            (_, "") => Ordering::Less,
            (left, right) => left.split('.').map(Label::new).cmp(right.split('.').map(Label::new)),
        })
    }
}

/// A number that a signed one of 32 bits holds.
fn parse_number(text: &str) -> Option<u32> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number <= i32::MAX.unsigned_abs())
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether this can be a label: numbers have no zeros before them.
fn is_label(text: &str) -> bool {
    let has_zeros = text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    is_identifier(text) && !has_zeros
}

/// Numbers are before words; what is no number for a signed one of 32 bits is a word.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Label<'a> {
    Number(i32),
    Word(Word<Text<'a>>),
}

impl<'a> Label<'a> {
    fn new(text: &'a str) -> Self {
        text.parse().map_or(Self::Word(Word(Text(text))), Self::Number)
    }
}

/// Text that compares without regard to case.
struct Text<'a>(&'a str);

impl Letters for Text<'_> {
    type Letter = u8;

    fn letters(&self) -> impl Iterator<Item = u8> {
        self.0.bytes().map(|byte| byte.to_ascii_uppercase())
    }
}
