//! Orders of versions, one file for each scheme.
//!
//! Each `compare` gives the order that the package manager itself uses, and `None` when one of the two is no version of
//! its scheme; callers make a gap of that, never "not affected". Every one is linear in the length of its texts and
//! allocates nothing, but for Composer's and for what PEP 440 does not describe. `satisfies` reads the ranges of
//! manifests; `None` says that it does not understand one. Does not know packages or advisories.

use std::cmp::Ordering;

pub mod alpm;
pub mod apk;
pub mod bitnami;
pub mod cargo;
pub mod composer;
pub mod conan;
pub mod conda;
pub mod cran;
pub mod dart;
pub mod deb;
pub mod gem;
pub mod generic;
pub mod go;
pub mod hackage;
pub mod hex;
pub mod julia;
pub mod maven;
pub mod npm;
pub mod nuget;
mod operators;
pub mod pypi;
pub mod rpm;
mod semver;
pub mod swift;

/// A run of decimal digits that compares as a number of any length: leading zeros do not count, and of two numbers the
/// one with more digits is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Natural<'a> {
    length: usize,
    digits: &'a [u8],
}

impl<'a> Natural<'a> {
    pub(crate) const ZERO: Natural<'static> = Natural { length: 0, digits: b"" };

    /// `digits` holds ASCII digits only; none at all is zero.
    pub(crate) fn new(digits: &'a [u8]) -> Self {
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let digits = digits.get(zeros..).unwrap_or_default();
        Self { length: digits.len(), digits }
    }

    /// Its digits without zeros before them.
    pub(crate) fn text(&self) -> &'a [u8] {
        if self.digits.is_empty() { b"0" } else { self.digits }
    }
}

/// Text that does not compare by its bytes: without regard to case, say.
pub(crate) trait Letters {
    /// What it compares by.
    type Letter: Ord;

    /// One after the other.
    fn letters(&self) -> impl Iterator<Item = Self::Letter>;
}

/// Text in the order of its [`Letters`]; equal when they are, whatever its bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<T>(pub T);

impl<T: Letters> Ord for Word<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.letters().cmp(other.0.letters())
    }
}

impl<T: Letters> PartialOrd for Word<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Letters> PartialEq for Word<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T: Letters> Eq for Word<T> {}

/// Splits off the longest prefix whose bytes all satisfy `belongs`.
pub(crate) fn split_while(text: &[u8], belongs: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !belongs(*byte)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}
