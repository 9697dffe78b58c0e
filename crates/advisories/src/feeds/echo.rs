//! Echo: which version of a package fixed which vulnerability.
//!
//! Owns that JSON form, the outline of Debian's tracker: packages, in each its CVEs, in each the version with the fix.

use plimsoll_model::{Advisory, Affected, Range, Space, State};
use serde::Deserialize;

use super::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted, compressed, json};

/// The row.
pub const ECHO: Feed = Feed {
    id: "echo-advisories",
    about: "Echo: fixed and open issues of its packages",
    licence: "Echo's terms; not to be passed on",
    passed_on: false,
    freshness: "several times a day",
    specification: "https://advisory.echohq.com",
    home: "https://advisory.echohq.com",
    mirror: "echo",
    documents,
    parse,
};

const SPACE: &str = "echo";

#[derive(Deserialize)]
struct Issue {
    /// First version with the fix; `0` when no version ever had the fault, not there when there is no fix.
    #[serde(default)]
    fixed_version: Option<String>,
}

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    let document = Document {
        name: "data".into(),
        parts: vec!["data.json".into()],
        steps: &[],
        covers: Covers::Exactly([Space(SPACE.into())].into()),
        size: 2_000_000,
        role: Role::Vendor,
    };
    if wanted.includes(&document.covers) { vec![document] } else { Vec::new() }
}

fn parse(input: &mut dyn Input, _: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    Ok(json::each_inner_member(&mut compressed::open(input)?, &mut |package, id, issue: Issue| {
        let fixed = issue.fixed_version.unwrap_or_default();
        let state = match fixed.as_str() {
            "" => State::Affected,
            "0" => State::NotAffected,
            _ => State::Fixed,
        };
        let range = Range { introduced: "0".into(), fixed, last_affected: String::new() };
        let affected = Affected {
            space: Space(SPACE.into()),
            name: package.to_owned(),
            ranges: if state == State::NotAffected { Vec::new() } else { vec![range] },
            state,
            ..Affected::default()
        };
        emit(Item::Advisory(Box::new(Advisory { id, affected: vec![affected], ..Advisory::default() })));
    })?)
}
