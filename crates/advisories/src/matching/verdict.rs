//! Whether one statement of an advisory holds for one installed version.
//!
//! Owns applicability (architecture, module stream, line of builds; repositories are in `repositories.rs`) and ranges.
//! Versions are compared by the ecosystem's own order, handed in as a function; what it cannot order is
//! [`Verdict::Incomparable`], never "not affected".

use std::cmp::Ordering;

use plimsoll_model::{Package, Range, State};
use plimsoll_packages::versions::rpm;

use crate::database::{Error, RangeText, Statement};

/// The order of versions of an ecosystem.
pub type Compare = fn(&str, &str) -> Option<Ordering>;

/// What a statement means for an installed version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// It is vulnerable.
    Affected(Match<'a>),
    /// It is not: fixed, older than the flaw, or found not to have it.
    NotAffected,
    /// A version, this one, cannot be ordered against the installed one.
    Incomparable(&'a str),
    /// Nobody knows which version is installed.
    UnknownVersion,
    /// It would be, if the package's module stream, which its label does not say, is this one.
    UnknownStream(&'a str),
}

/// Why a version is affected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Match<'a> {
    /// The ranges that the version is in. Empty with `exact` unset: every version is affected.
    pub ranges: Vec<RangeText<'a>>,
    /// The version is listed by itself.
    pub exact: Option<&'a str>,
    /// The other ranges.
    pub elsewhere: Vec<RangeText<'a>>,
}

/// Why a statement says nothing about a package of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// It is about another architecture.
    Architecture,
    /// It is about another module stream, or about packages outside of modules.
    Stream,
    /// It is about another line of builds: for live patching, for FIPS 140, or the usual one.
    Line,
    /// It clears other versions.
    Version,
    /// It is about packages from other repositories than the image's.
    Repository,
}

/// The verdict, or why the statement does not speak about this package at all.
pub fn verdict<'a>(
    statement: &Statement<'a>,
    package: &Package,
    version: &str,
    compare: Compare,
) -> Result<Result<Verdict<'a>, Silence>, Error> {
    if !arch_applies(statement.arch()?, &package.arch) {
        return Ok(Err(Silence::Architecture));
    }
    let stream = stream(statement, package)?;
    if stream == Stream::Other {
        return Ok(Err(Silence::Stream));
    }
    if !line_applies(statement, version)? {
        return Ok(Err(Silence::Line));
    }
    if is_unknown(version) {
        let clears = statement.state()? == State::NotAffected;
        return Ok(if clears { Err(Silence::Version) } else { Ok(Verdict::UnknownVersion) });
    }
    Ok(Ok(match (statement.state()?, contained(statement, version, compare)?) {
        // The publisher clears some versions; this is none of them, so it says nothing here.
        (State::NotAffected, Contained::No) => return Ok(Err(Silence::Version)),
        (State::NotAffected, Contained::Yes(_)) => Verdict::NotAffected,
        (_, Contained::No) => Verdict::NotAffected,
        (_, Contained::Unknown(bound)) => Verdict::Incomparable(bound),
        (_, Contained::Yes(_)) if stream == Stream::Unlabelled => Verdict::UnknownStream(statement.module()?),
        (_, Contained::Yes(found)) => Verdict::Affected(found),
    }))
}

/// What stands where a version should: nothing, Go's word for a main module that was built from a working copy
/// (<https://pkg.go.dev/runtime/debug#Module>), and the word that people put there.
fn is_unknown(version: &str) -> bool {
    ["", "(devel)"].contains(&version) || version.eq_ignore_ascii_case("unknown")
}

/// Packages for every architecture exist in each: `noarch` (rpm, apk), `all` (deb), `any` (pacman).
fn arch_applies(stated: &str, installed: &str) -> bool {
    const EVERY: [&str; 4] = ["", "noarch", "all", "any"];
    EVERY.contains(&stated) || EVERY.contains(&installed) || stated.split(' ').any(|stated| stated == installed)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    /// Both are of one stream, or neither of any.
    Same,
    /// The statement is about another stream than the package's.
    Other,
    /// The package is of some stream, but its label is missing.
    Unlabelled,
}

/// Fixed versions within one module stream say nothing about another, nor about packages outside of modules, although
/// their names are the same (<https://docs.fedoraproject.org/en-US/modularity/>).
fn stream(statement: &Statement<'_>, package: &Package) -> Result<Stream, Error> {
    let module = statement.module()?;
    let label = package.module.as_deref().unwrap_or_default();
    let installed = !label.is_empty() || is_modular(&package.version);
    let mut stated = !module.is_empty();
    for range in statement.ranges()? {
        let range = range?;
        stated |= is_modular(range.fixed) || is_modular(range.last_affected);
    }
    Ok(match (stated, installed) {
        (false, false) => Stream::Same,
        (true, true) if module.is_empty() => Stream::Same,
        (true, true) if label.is_empty() => Stream::Unlabelled,
        (true, true) if label.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')) => {
            Stream::Same
        }
        _ => Stream::Other,
    })
}

/// Builders mark the release of a package that was built within a module: `.module_el8…` (AlmaLinux), `.module+el8…`.
fn is_modular(version: &str) -> bool {
    version.contains(".module_el") || version.contains(".module+el")
}

/// Whether the statement's bounds are of the line of builds that the version is of.
fn line_applies(statement: &Statement<'_>, version: &str) -> Result<bool, Error> {
    let installed = rpm::line(version);
    for range in statement.ranges()? {
        let range = range?;
        let bound = if range.fixed.is_empty() { range.last_affected } else { range.fixed };
        if !bound.is_empty() && rpm::line(bound) != installed {
            return Ok(false);
        }
    }
    Ok(true)
}

enum Contained<'a> {
    Yes(Match<'a>),
    No,
    Unknown(&'a str),
}

fn contained<'a>(statement: &Statement<'a>, version: &str, compare: Compare) -> Result<Contained<'a>, Error> {
    let mut found = Match::default();
    let mut unknown = None;
    let mut said = false;
    for range in statement.ranges()? {
        let range = range?;
        said = true;
        match in_range(&range, version, compare) {
            Ok(true) => found.ranges.push(range),
            Ok(false) => {}
            Err(bound) => unknown = Some(bound),
        }
    }
    for listed in statement.versions()? {
        let listed = listed?;
        said = true;
        match compare(version, listed) {
            _ if listed == version => found.exact = Some(listed),
            Some(Ordering::Equal) => found.exact = Some(listed),
            Some(_) => {}
            // A listed version that is none cannot be the installed one when that one is.
            None if compare(version, version).is_some() => {}
            None => unknown = Some(listed),
        }
    }
    let contained = !said || !found.ranges.is_empty() || found.exact.is_some();
    match unknown {
        _ if contained => {
            found.elsewhere = elsewhere(statement, &found)?;
            Ok(Contained::Yes(found))
        }
        Some(bound) => Ok(Contained::Unknown(bound)),
        None => Ok(Contained::No),
    }
}

/// Asked for only when something matched: most statements are about versions long past.
fn elsewhere<'a>(statement: &Statement<'a>, found: &Match<'a>) -> Result<Vec<RangeText<'a>>, Error> {
    let mut others = Vec::new();
    for range in statement.ranges()? {
        let range = range?;
        if !found.ranges.contains(&range) {
            others.push(range);
        }
    }
    Ok(others)
}

/// Whether a version is in a range; the bound that it cannot be ordered against when that decides.
pub fn in_range<'a>(range: &RangeText<'a>, version: &str, compare: Compare) -> Result<bool, &'a str> {
    let lower = match (range.introduced, range.introduced.strip_prefix(Range::AFTER)) {
        ("" | "0", _) => Ok(true),
        (_, Some(before)) => compare(version, before).map(Ordering::is_gt).ok_or(before),
        (introduced, None) => compare(version, introduced).map(Ordering::is_ge).ok_or(introduced),
    };
    let upper = match (range.fixed, range.last_affected) {
        ("", "") => Ok(true),
        ("", last) => compare(version, last).map(Ordering::is_le).ok_or(last),
        (fixed, _) => compare(version, fixed).map(Ordering::is_lt).ok_or(fixed),
    };
    match (lower, upper) {
        (Ok(false), _) | (_, Ok(false)) => Ok(false),
        (Ok(true), upper) => upper,
        (Err(bound), _) => Err(bound),
    }
}
