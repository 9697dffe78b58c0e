//! The order of Arch Linux's package manager, `[epoch:]version[-release]`.
//!
//! The rules are those of vercmp(8), <https://man.archlinux.org/man/vercmp.8>. They descend from an old rpm and differ
//! from today's: no `~` or `^`, the number of separating characters counts, letters at the end make a version older, and
//! releases count only when both versions have one.

use std::cmp::Ordering;

use super::{Natural, split_while};

/// The order of two versions, or `None` when one of them is empty.
///
/// Versions without a release equal the same version with any release, so that only versions that all have one, as every
/// installed package does, are ordered totally.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::alpm;
/// assert_eq!(alpm::compare("1.0rc1-1", "1.0-1"), Some(Ordering::Less));
/// assert_eq!(alpm::compare("1.0-7", "1.0"), Some(Ordering::Equal));
/// ```
#[must_use]
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let (a, b) = (Version::parse(a), Version::parse(b));
    let order = compare_part(a.epoch, b.epoch).then_with(|| compare_part(a.version, b.version));
    Some(order.then_with(|| match (a.release, b.release) {
        (Some(a), Some(b)) => compare_part(a, b),
        _ => Ordering::Equal,
    }))
}

struct Version<'a> {
    epoch: &'a [u8],
    version: &'a [u8],
    release: Option<&'a [u8]>,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Self {
        let (epoch, rest) = match split_while(text.as_bytes(), |byte| byte.is_ascii_digit()) {
            ([], [b':', rest @ ..]) => (&b"0"[..], rest),
            (digits, [b':', rest @ ..]) => (digits, rest),
            _ => (&b"0"[..], text.as_bytes()),
        };
        match rest.iter().rposition(|byte| *byte == b'-').and_then(|dash| rest.split_at_checked(dash)) {
            Some((version, release)) => Self { epoch, version, release: release.get(1..) },
            None => Self { epoch, version: rest, release: None },
        }
    }
}

fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !a.is_empty() && !b.is_empty() {
        let (separator_a, text_a) = split_while(a, |byte| !byte.is_ascii_alphanumeric());
        let (separator_b, text_b) = split_while(b, |byte| !byte.is_ascii_alphanumeric());
        (a, b) = (text_a, text_b);
        if a.is_empty() || b.is_empty() {
            break;
        }
        let (segment_a, rest_a) = next_segment(a);
        let (segment_b, rest_b) = next_segment(b);
        let order = separator_a.len().cmp(&separator_b.len()).then_with(|| segment_a.cmp(&segment_b));
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
    compare_ends(a, b)
}

/// What is left of the two when at least one is used up: more is newer, but for letters (`1.0rc1` is before `1.0`).
fn compare_ends(a: &[u8], b: &[u8]) -> Ordering {
    let starts_with_letter = |text: &[u8]| text.first().is_some_and(u8::is_ascii_alphabetic);
    match (a.is_empty(), b.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) if starts_with_letter(b) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, _) if starts_with_letter(a) => Ordering::Less,
        (false, _) => Ordering::Greater,
    }
}

/// A run of letters or of digits, least first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'a> {
    Letters(&'a [u8]),
    Digits(Natural<'a>),
}

fn next_segment(text: &[u8]) -> (Segment<'_>, &[u8]) {
    match split_while(text, |byte| byte.is_ascii_digit()) {
        ([], text) => {
            let (letters, rest) = split_while(text, |byte| byte.is_ascii_alphabetic());
            (Segment::Letters(letters), rest)
        }
        (digits, rest) => (Segment::Digits(Natural::new(digits)), rest),
    }
}
