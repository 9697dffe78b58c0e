//! Orders of versions, one file for each scheme.
//!
//! Each `compare` gives the order that the package manager itself uses, and `None` when one of the two is no version of
//! its scheme; callers make a gap of that, never "not affected". Every one is linear in the length of its texts and
//! allocates nothing. Does not know packages or advisories.

pub mod alpm;
pub mod apk;
pub mod deb;
pub mod rpm;

/// A run of decimal digits that compares as a number of any length: leading zeros do not count, and of two numbers the
/// one with more digits is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Natural<'a> {
    length: usize,
    digits: &'a [u8],
}

impl<'a> Natural<'a> {
    /// `digits` holds ASCII digits only; none at all is zero.
    pub(crate) fn new(digits: &'a [u8]) -> Self {
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let digits = digits.get(zeros..).unwrap_or_default();
        Self { length: digits.len(), digits }
    }
}

/// Splits off the longest prefix whose bytes all satisfy `belongs`.
pub(crate) fn split_while(text: &[u8], belongs: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !belongs(*byte)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}
