//! RPM's order of versions, `[epoch:]version[-release]`.
//!
//! The rules are rpm's own, <https://rpm.org/docs/latest/man/rpm-version.7>: texts are runs of letters and of digits,
//! whatever else is in them only separates; `~` comes before the end of the text, `^` right after it. A missing epoch is
//! 0, a missing release comes before every release.

use std::cmp::Ordering;

use super::{Natural, split_while};

/// The order of two versions, or `None` when one of them is empty.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::rpm;
/// assert_eq!(rpm::compare("1.1.1k-9.el9", "1:1.0-1.el9"), Some(Ordering::Less));
/// assert_eq!(rpm::compare("1.0^git1-1", "1.0-1"), Some(Ordering::Greater));
/// ```
#[must_use]
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let (a, b) = (Version::parse(a), Version::parse(b));
    let order = Natural::new(a.epoch).cmp(&Natural::new(b.epoch));
    let order = order.then_with(|| compare_part(a.version, b.version));
    Some(order.then_with(|| match (a.release, b.release) {
        (Some(a), Some(b)) => compare_part(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }))
}

/// The line of builds that a version is of, beside the usual one, or nothing. Oracle builds some packages again for live
/// patching (`2:1.1.1g-15.ksplice1.el8_3`) and for FIPS 140 (`10:1.1.1k-6.el8_5_fips`), under epochs that set them above
/// the usual builds whatever is fixed in them: the versions of one line say nothing about another.
#[must_use]
pub fn line(version: &str) -> &'static str {
    ["ksplice", "_fips"].into_iter().find(|mark| version.contains(mark)).unwrap_or_default()
}

struct Version<'a> {
    /// Digits only; none when missing.
    epoch: &'a [u8],
    version: &'a [u8],
    release: Option<&'a [u8]>,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Self {
        let (epoch, rest) = match split_while(text.as_bytes(), |byte| byte.is_ascii_digit()) {
            (digits, [b':', rest @ ..]) => (digits, rest),
            _ => (&[][..], text.as_bytes()),
        };
        match rest.iter().rposition(|byte| *byte == b'-').and_then(|dash| rest.split_at_checked(dash)) {
            Some((version, release)) => Self { epoch, version, release: release.get(1..) },
            None => Self { epoch, version: rest, release: None },
        }
    }
}

fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        let (segment_a, rest_a) = next_segment(a);
        let (segment_b, rest_b) = next_segment(b);
        let order = segment_a.cmp(&segment_b);
        if order.is_ne() || segment_a == Segment::End {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

/// What a text is made of, least first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'a> {
    Tilde,
    End,
    Caret,
    Letters(&'a [u8]),
    Digits(Natural<'a>),
}

fn next_segment(text: &[u8]) -> (Segment<'_>, &[u8]) {
    let (_, text) = split_while(text, |byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'~' | b'^'));
    match text {
        [] => (Segment::End, text),
        [b'~', rest @ ..] => (Segment::Tilde, rest),
        [b'^', rest @ ..] => (Segment::Caret, rest),
        [first, ..] if first.is_ascii_digit() => {
            let (digits, rest) = split_while(text, |byte| byte.is_ascii_digit());
            (Segment::Digits(Natural::new(digits)), rest)
        }
        _ => {
            let (letters, rest) = split_while(text, |byte| byte.is_ascii_alphabetic());
            (Segment::Letters(letters), rest)
        }
    }
}
