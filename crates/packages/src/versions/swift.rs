//! The order of versions of Swift packages and their requirements.
//!
//! Versions are those of Semantic Versioning, and tags may have a `v` in front and leave numbers out, as SwiftPM reads
//! them; builds do not count. Requirements are written as in a `Package.swift`,
//! <https://docs.swift.org/package-manager/PackageDescription/PackageDescription.html#package-dependency-requirement>.

use std::cmp::Ordering;

use super::semver::{Grammar, Version};

const GRAMMAR: Grammar = Grammar { partial: true, ..Grammar::STRICT };

/// The order of two versions, or `None` when one of them is none.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::swift;
/// assert_eq!(swift::compare("v1.2.3-beta.1", "1.2.3"), Some(Ordering::Less));
/// assert_eq!(swift::compare("main", "1.0.0"), None);
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(parse(left)?.order(&parse(right)?))
}

/// Whether a version meets a requirement such as `from: "1.2.3"`, `.upToNextMinor(from: "1.2.3")`, `exact: "1.2.3"`,
/// `"1.0.0"..<"2.0.0"` or `"1.0.0"..."1.4.0"`. A version alone means `from:`.
///
/// ```
/// # use plimsoll_packages::versions::swift;
/// assert_eq!(swift::satisfies(r#"from: "1.2.3""#, "1.9.0"), Some(true));
/// assert_eq!(swift::satisfies(r#""1.0.0"..<"2.0.0""#, "2.0.0-beta"), Some(false));
/// assert_eq!(swift::satisfies(r#"branch: "main""#, "1.0.0"), None);
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    let version = parse(version)?;
    let requirement = requirement.trim();
    if let Some((lowest, highest)) = requirement.split_once("..<") {
        let (lowest, highest) = (read_quoted(lowest)?, read_quoted(highest)?);
        let within = version.order(&lowest).is_ge() && version.order(&highest).is_lt();
        let is_wanted = version.pre.is_empty() || !(lowest.pre.is_empty() && highest.pre.is_empty());
        let is_of_end = highest.pre.is_empty() && !version.pre.is_empty() && version.prefix(&highest, 3).is_eq();
        return Some(within && is_wanted && !is_of_end);
    }
    if let Some((lowest, highest)) = requirement.split_once("...") {
        let (lowest, highest) = (read_quoted(lowest)?, read_quoted(highest)?);
        return Some(version.order(&lowest).is_ge() && version.order(&highest).is_le());
    }
    let (label, bound) = match requirement.split_once(':') {
        Some((label, bound)) => (label.trim_end(), bound.trim_end_matches(')')),
        None => ("from", requirement),
    };
    let bound = read_quoted(bound)?;
    match label {
        "exact" => Some(version.order(&bound).is_eq()),
        "from" | ".upToNextMajor(from" => Some(is_compatible(&version, &bound, 1)),
        ".upToNextMinor(from" => Some(is_compatible(&version, &bound, 2)),
        _ => None,
    }
}

fn parse(text: &str) -> Option<Version<'_>> {
    Version::parse(text.strip_prefix('v').unwrap_or(text), GRAMMAR)
}

fn read_quoted(text: &str) -> Option<Version<'_>> {
    let text = text.trim();
    parse(text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text))
}

/// Not before the bound, with the same first numbers; pre-releases only where the bound is one.
fn is_compatible(version: &Version<'_>, bound: &Version<'_>, same: usize) -> bool {
    let is_wanted = version.pre.is_empty() || !bound.pre.is_empty();
    is_wanted && version.order(bound).is_ge() && version.prefix(bound, same).is_eq()
}
