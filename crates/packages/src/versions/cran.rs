//! R's order of versions, numbers with dots or hyphens between them, and the requirements of DESCRIPTION files:
//! `>= 1.2-3, < 2.0`.
//!
//! The rules are those of `numeric_version`,
//! <https://stat.ethz.ch/R-manual/R-devel/library/base/html/numeric_version.html>, without its limit to 31 bits.

use std::cmp::Ordering;

use super::Natural;
use super::operators::{holds, split_operator};

/// The order of two versions, or `None` when one of them is no sequence of numbers.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::cran;
/// assert_eq!(cran::compare("1.2-3", "1.2.10"), Some(Ordering::Less));
/// assert_eq!(cran::compare("1.0", "1.0.0"), Some(Ordering::Less));
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    (is_version(left) && is_version(right)).then(|| numbers(left).cmp(numbers(right)))
}

/// Whether a version meets all of the requirements between the commas; `None` when one of them is malformed.
///
/// ```
/// # use plimsoll_packages::versions::cran;
/// assert_eq!(cran::satisfies(">= 1.2, != 1.3", "1.2-1"), Some(true));
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    let mut answer = true;
    for one in requirement.split(',') {
        let (operator, bound) = split_operator(one.trim());
        if operator == "=" {
            return None;
        }
        answer &= holds(operator, compare(version, bound)?)?;
    }
    Some(answer)
}

fn is_version(text: &str) -> bool {
    text.split(['.', '-']).all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn numbers(text: &str) -> impl Iterator<Item = Natural<'_>> {
    text.split(['.', '-']).map(|number| Natural::new(number.as_bytes()))
}
