//! Debian's order of versions, `[epoch:]upstream[-revision]`.
//!
//! The rules are those of deb-version(7), <https://man7.org/linux/man-pages/man7/deb-version.7.html>; what is accepted
//! is what dpkg accepts, which is more than the page allows: characters outside its list, or a version that starts with
//! a letter, draw a warning there and are ordered all the same.

use std::cmp::Ordering;

use super::{Natural, split_while};

/// The order of two versions, or `None` when dpkg would refuse one of them.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::deb;
/// assert_eq!(deb::compare("1.0~rc1-1", "1.0-1"), Some(Ordering::Less));
/// assert_eq!(deb::compare("a:1", "1"), None);
/// ```
#[must_use]
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    let order = a.epoch.cmp(&b.epoch);
    Some(order.then_with(|| compare_part(a.upstream, b.upstream)).then_with(|| compare_part(a.revision, b.revision)))
}

struct Version<'a> {
    epoch: i32,
    upstream: &'a [u8],
    /// Empty when missing, which compares equal to `0`.
    revision: &'a [u8],
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_matches([' ', '\t', '\n']);
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) => (parse_epoch(epoch)?, rest),
            None => (0, text),
        };
        let (upstream, revision) = match rest.rsplit_once('-') {
            Some((_, "")) => return None,
            Some((upstream, revision)) => (upstream, revision),
            None => (rest, ""),
        };
        let is_accepted = !upstream.is_empty() && !text.contains(|letter: char| letter.is_ascii_whitespace());
        is_accepted.then_some(Self { epoch, upstream: upstream.as_bytes(), revision: revision.as_bytes() })
    }
}

/// dpkg keeps the epoch in a C `int`.
fn parse_epoch(text: &str) -> Option<i32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Runs of other characters and of digits in turn, until one differs.
fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        let (letters_a, rest_a) = split_while(a, |byte| !byte.is_ascii_digit());
        let (letters_b, rest_b) = split_while(b, |byte| !byte.is_ascii_digit());
        let (digits_a, rest_a) = split_while(rest_a, |byte| byte.is_ascii_digit());
        let (digits_b, rest_b) = split_while(rest_b, |byte| byte.is_ascii_digit());
        let order =
            compare_letters(letters_a, letters_b).then_with(|| Natural::new(digits_a).cmp(&Natural::new(digits_b)));
        if order.is_ne() || (rest_a.is_empty() && rest_b.is_empty()) {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

fn compare_letters(a: &[u8], b: &[u8]) -> Ordering {
    /// Where a run ends: after a tilde, before everything else.
    const END: i16 = 0;
    let weigh = |byte: &u8| match *byte {
        b'~' => -1,
        letter if letter.is_ascii_alphabetic() => i16::from(letter),
        other => i16::from(other).saturating_add(256),
    };
    a.iter().map(weigh).chain([END]).cmp(b.iter().map(weigh).chain([END]))
}
