//! Arch Linux's security tracker: groups of vulnerabilities, with the packages that have them.
//!
//! Owns its JSON form (<https://wiki.archlinux.org/title/Arch_Security_Team>) and what its words mean as [`State`].

use plimsoll_model::{Advisory, Affected, Range, Rating, Space, State};
use serde::Deserialize;

use super::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted, bounds, compressed, json};

/// The row.
pub const ARCH: Feed = Feed {
    id: "arch-tracker",
    about: "Arch Linux's security tracker: fixed, open and dismissed issues",
    licence: "public, no terms stated",
    passed_on: true,
    freshness: "as issues are handled",
    specification: "https://wiki.archlinux.org/title/Arch_Security_Team",
    home: "https://security.archlinux.org",
    mirror: "arch",
    documents,
    parse,
};

const SPACE: &str = "arch";

/// Issues with the same packages and the same fix. Only what is used.
#[derive(Deserialize)]
struct Group {
    /// `AVG-1234`.
    name: String,
    #[serde(default)]
    packages: Vec<String>,
    status: String,
    #[serde(default)]
    severity: String,
    #[serde(rename = "type", default)]
    kind: String,
    /// First version with the fix.
    #[serde(default)]
    fixed: Option<String>,
    /// CVEs.
    #[serde(default)]
    issues: Vec<String>,
    /// `ASA-202401-01`.
    #[serde(default)]
    advisories: Vec<String>,
}

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    let document = Document {
        name: "all".into(),
        parts: vec!["all.json".into()],
        steps: &[],
        covers: Covers::Exactly([Space(SPACE.into())].into()),
        size: 1_000_000,
        role: Role::Vendor,
    };
    if wanted.includes(&document.covers) { vec![document] } else { Vec::new() }
}

fn parse(input: &mut dyn Input, _: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    Ok(json::each_of_list(&mut compressed::open(input)?, &mut |group: Group| {
        let name = group.name.clone();
        match advisories(group) {
            Ok(advisories) => advisories.for_each(|advisory| emit(Item::Advisory(Box::new(advisory)))),
            Err(reason) => emit(Item::Malformed(format!("{name}: {reason}"))),
        }
    })?)
}

/// One for each CVE of the group: each is in the state that the group is in. A group of none is one by its own name.
fn advisories(group: Group) -> Result<impl Iterator<Item = Advisory>, String> {
    if group.packages.len() > bounds::AFFECTED || group.issues.len() > bounds::IDS {
        return Err("it has more packages or issues than any group".into());
    }
    let state = state(&group)?;
    let affected: Vec<Affected> = group.packages.iter().map(|package| affected(package, &group, state)).collect();
    let group_page = format!("https://security.archlinux.org/{}", group.name);
    let pages: Vec<String> = group.advisories.iter().map(|id| format!("https://security.archlinux.org/{id}")).collect();
    let ids = if group.issues.is_empty() { vec![group.name] } else { group.issues };
    Ok(ids.into_iter().map(move |id| Advisory {
        references: bounds::references(std::iter::once(group_page.as_str()).chain(pages.iter().map(String::as_str))),
        title: bounds::title(&group.kind, ""),
        id,
        affected: affected.clone(),
        ..Advisory::default()
    }))
}

fn state(group: &Group) -> Result<State, String> {
    Ok(match group.status.as_str() {
        "Not affected" => State::NotAffected,
        "Unknown" => State::UnderInvestigation,
        // Beside the fix, if there is one, that is being tested. Until it is released, nobody has it.
        "Vulnerable" | "Testing" => State::Affected,
        "Fixed" if group.fixed.as_deref().is_none_or(str::is_empty) => {
            return Err("fixed, but it does not say in which version".into());
        }
        "Fixed" => State::Fixed,
        word => return Err(format!("unknown status {word:?}")),
    })
}

/// Versions before the one that was found affected are taken to be affected as well: the tracker names the one that it looked
/// at, and Arch has only the latest anyway. A fix that is still tested counts for those who have it.
fn affected(package: &str, group: &Group, state: State) -> Affected {
    let fixed = group.fixed.clone().filter(|_| state != State::NotAffected).unwrap_or_default();
    let ranges = vec![Range { introduced: "0".into(), fixed, last_affected: String::new() }];
    let rated = !matches!(group.severity.as_str(), "" | "Unknown");
    let rating = Rating { source: "arch".into(), word: group.severity.clone(), ..Rating::default() };
    Affected {
        space: Space(SPACE.into()),
        name: package.to_owned(),
        ranges: if state == State::NotAffected { Vec::new() } else { ranges },
        state,
        ratings: rated.then_some(rating).into_iter().collect(),
        ..Affected::default()
    }
}
