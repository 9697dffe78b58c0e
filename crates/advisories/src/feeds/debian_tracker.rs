//! The Debian security tracker: for each source package and CVE, where it stands in each release.
//!
//! Owns the tracker's JSON form (<https://security-tracker.debian.org/tracker/data/json>), what its words mean as
//! [`State`], and the numbers of Debian's releases.

use std::collections::BTreeMap;

use plimsoll_model::{Advisory, Affected, Range, Rating, Space, State};
use plimsoll_packages::debian_number;
use serde::Deserialize;

use super::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted, bounds, json};

/// The row.
pub const DEBIAN_TRACKER: Feed = Feed {
    id: "debian-tracker",
    about: "Debian's security tracker: fixed, open, postponed, ignored and unimportant issues of every release",
    licence: "public, no terms stated",
    passed_on: true,
    freshness: "several times a day",
    specification: "https://security-tracker.debian.org/tracker/data/json",
    home: "https://security-tracker.debian.org",
    mirror: "debian",
    documents,
    parse,
};

/// One CVE in one source package. Only what is used; the tracker adds fields now and then.
#[derive(Deserialize)]
struct Issue {
    #[serde(default)]
    description: String,
    #[serde(default)]
    releases: BTreeMap<String, Status>,
}

#[derive(Deserialize)]
struct Status {
    /// `resolved`, `open` or `undetermined`.
    status: String,
    /// First version with the fix; `0` when no version ever had the fault.
    #[serde(default)]
    fixed_version: String,
    #[serde(default)]
    urgency: String,
    /// Why there will be no DSA, in prose; present also when it is empty.
    nodsa: Option<String>,
    /// `ignored`, `postponed` or empty.
    #[serde(default)]
    nodsa_reason: Option<String>,
}

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    let document = Document {
        name: "tracker".into(),
        parts: vec!["tracker/data/json".into()],
        steps: &[],
        covers: Covers::AnyRelease(&["debian"]),
        size: 65_000_000,
        role: Role::Vendor,
    };
    if wanted.includes(&document.covers) { vec![document] } else { Vec::new() }
}

fn parse(input: &mut dyn Input, _: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    Ok(json::each_inner_member(input, &mut |package, id, issue: Issue| {
        let mut affected = Vec::with_capacity(issue.releases.len());
        for (codename, status) in issue.releases {
            match one_release(package, &codename, status) {
                Ok(one) => affected.extend(one),
                Err(reason) => emit(Item::Malformed(format!("{id} in {package}: {reason}"))),
            }
        }
        if !affected.is_empty() {
            emit(Item::Advisory(Box::new(Advisory {
                title: bounds::title("", &issue.description),
                details: bounds::details(&issue.description),
                references: vec![format!("https://security-tracker.debian.org/tracker/{id}")],
                id,
                affected,
                ..Advisory::default()
            })));
        }
    })?)
}

/// What the tracker says about a package in one release. Of a release that was named after this table was written
/// nothing is taken: no image's packages ask for it by a number that nobody knows here, and that is a gap of its own.
fn one_release(package: &str, codename: &str, status: Status) -> Result<Option<Affected>, String> {
    // Unstable has no number and never gets one.
    let number = if codename == "sid" { Some("sid") } else { debian_number(codename) };
    let Some(number) = number else { return Ok(None) };
    let state = state(&status)?;
    let fixed = if state == State::Fixed { status.fixed_version.clone() } else { String::new() };
    let range = Range { introduced: "0".into(), fixed, last_affected: String::new() };
    Ok(Some(Affected {
        space: Space::release("debian", number),
        name: package.to_owned(),
        ranges: if state == State::NotAffected { Vec::new() } else { vec![range] },
        state,
        ratings: rating(&status.urgency).into_iter().collect(),
        ..Affected::default()
    }))
}

fn state(status: &Status) -> Result<State, String> {
    Ok(match (status.status.as_str(), status.fixed_version.as_str()) {
        ("resolved", "0") => State::NotAffected,
        ("resolved", "") => return Err("resolved, but it does not say in which version".into()),
        ("resolved", _) => State::Fixed,
        ("undetermined", _) => State::UnderInvestigation,
        ("open", _) if status.urgency == "end-of-life" => State::EndOfLife,
        ("open", _) => match (status.nodsa_reason.as_deref(), &status.nodsa) {
            (Some("ignored"), _) => State::WillNotFix,
            // "no-dsa": not worth an advisory of its own, may come with a point release.
            (Some("postponed"), _) | (_, Some(_)) => State::FixDeferred,
            _ => State::Affected,
        },
        (word, _) => return Err(format!("unknown status {word:?}")),
    })
}

/// The urgency, which Debian sets for this package; asterisks mark one that was taken over from the NVD.
fn rating(urgency: &str) -> Option<Rating> {
    let word = urgency.trim_end_matches('*');
    // Neither says how bad it is: the first is no opinion, the second a state.
    let opinion = !matches!(word, "" | "not yet assigned" | "end-of-life");
    opinion.then(|| Rating { source: "debian".into(), word: word.into(), ..Rating::default() })
}
