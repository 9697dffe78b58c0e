//! CISA's catalogue of known exploited vulnerabilities.
//!
//! Owns its JSON form (<https://www.cisa.gov/known-exploited-vulnerabilities-catalog>). It says nothing about packages:
//! its records are facts about CVEs themselves.

use plimsoll_model::{Advisory, Affected, Space};
use serde::Deserialize;

use super::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted, bounds, compressed, json};

/// The row.
pub const CISA_KEV: Feed = Feed {
    id: "cisa-kev",
    about: "CVEs that CISA lists as exploited in the wild, with the day of listing",
    licence: "CC0-1.0",
    passed_on: true,
    freshness: "on working days",
    specification: "https://www.cisa.gov/known-exploited-vulnerabilities-catalog",
    home: "https://www.cisa.gov/sites/default/files/feeds",
    mirror: "kev",
    documents,
    parse,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "cveID")]
    cve_id: String,
    date_added: String,
    #[serde(default)]
    due_date: String,
    /// `Known` or `Unknown`.
    #[serde(default)]
    known_ransomware_campaign_use: String,
    #[serde(default)]
    cwes: Vec<String>,
    #[serde(default)]
    vulnerability_name: String,
    #[serde(default)]
    short_description: String,
    #[serde(default)]
    notes: String,
}

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    let covers = Covers::Exactly([Space(Space::CVE.into())].into());
    let document = Document {
        name: "catalogue".into(),
        parts: vec!["known_exploited_vulnerabilities.json".into()],
        steps: &[],
        size: 1_500_000,
        role: Role::Supplement,
        covers,
    };
    if wanted.includes(&document.covers) { vec![document] } else { Vec::new() }
}

fn parse(input: &mut dyn Input, _: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    Ok(json::each_element(&mut compressed::open(input)?, "vulnerabilities", &mut |entry: Entry| {
        emit(if is_day(&entry.date_added) {
            Item::Advisory(Box::new(advisory(entry)))
        } else {
            Item::Malformed(format!("{}: {:?} is not a day", entry.cve_id, entry.date_added))
        });
    })?)
}

fn advisory(entry: Entry) -> Advisory {
    Advisory {
        title: bounds::title(&entry.vulnerability_name, &entry.short_description),
        details: bounds::details(&entry.short_description),
        // One text field with addresses and remarks, separated by semicolons.
        references: bounds::references(entry.notes.split([';', ' ']).map(str::trim)),
        published: entry.date_added.clone(),
        exploited: entry.date_added,
        due: Some(entry.due_date).filter(|day| is_day(day)).unwrap_or_default(),
        ransomware: entry.known_ransomware_campaign_use == "Known",
        weaknesses: entry.cwes,
        affected: vec![Affected { space: Space(Space::CVE.into()), name: entry.cve_id.clone(), ..Affected::default() }],
        id: entry.cve_id,
        ..Advisory::default()
    }
}

/// Whether the text is `YYYY-MM-DD`, which reports promise.
fn is_day(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10
}
