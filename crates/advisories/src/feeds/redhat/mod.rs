//! Red Hat's statements on each CVE: CSAF documents of the VEX profile.
//!
//! Owns which documents there are (an archive, and those that changed or went since it was made), and how one is read.
//! `repositories.rs` is the list of repositories that goes with it, `products.rs` finds out which packages of which products a document speaks about, `statement.rs` what it says of them.

mod products;
mod repositories;
mod statement;

pub use repositories::REDHAT_REPOSITORIES;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, SeekFrom};

use plimsoll_packages::red_hat::PRODUCTS;

use super::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted, compressed};

/// The row.
pub const REDHAT_VEX: Feed = Feed {
    id: "redhat-vex",
    about: "Red Hat's VEX documents: fixed, open, deferred, refused and out-of-support issues and what is not affected, of \
            Enterprise Linux 5 to 10 with its EUS, AUS, TUS, E4S and ELS channels, and of the rpm packages of other \
            products. What they say of container images and of software that is not packaged as rpm is left out",
    licence: "CC BY 4.0",
    passed_on: true,
    freshness: "several times a day; the archive about once a day, what changed since then is fetched one by one up to 300 \
                documents",
    specification: "https://redhatproductsecurity.github.io/security-data-guidelines/csaf-vex/",
    home: "https://security.access.redhat.com/data/csaf/v2/vex",
    mirror: "redhat/csaf-vex",
    documents,
    parse,
};

/// Names the archive.
const LATEST: &str = "archive_latest.txt";
/// When each document last changed.
const CHANGES: &str = "changes.csv";
/// When documents were taken back.
const DELETIONS: &str = "deletions.csv";

/// Documents beside the archive. Each is a request; when more have changed, the archive is about to be renewed.
const MOST_NEWER: usize = 300;

/// Bytes of one document.
const DOCUMENT: u64 = 256 << 20;

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    let document = Document {
        name: "vex".into(),
        parts: vec![LATEST.into(), CHANGES.into(), DELETIONS.into()],
        steps: &[archive_and_newer],
        covers: Covers::AnyRelease(&["hummingbird", "rhel", PRODUCTS]),
        size: 200_000_000,
        role: Role::Vendor,
    };
    if wanted.includes(&document.covers) { vec![document] } else { Vec::new() }
}

/// The archive, and the documents that changed after it was made, unless these are too many.
fn archive_and_newer(leads: &[(String, Vec<u8>)]) -> Result<Vec<String>, Error> {
    let archive = String::from_utf8_lossy(content(leads, LATEST)).trim().to_owned();
    let Some(date) = date_of(&archive) else {
        return Err(Error::Incomplete(format!("{LATEST} names no archive but {archive:?}")));
    };
    let newer: Vec<String> = newer(leads, date).map(str::to_owned).collect();
    let newer = if newer.len() > MOST_NEWER { Vec::new() } else { newer };
    Ok(std::iter::once(archive).chain(newer).collect())
}

fn content<'a>(leads: &'a [(String, Vec<u8>)], name: &str) -> &'a [u8] {
    leads.iter().find(|(path, _)| path == name).map_or(&[], |(_, content)| content)
}

/// The day of `csaf_vex_2026-03-25.tar.zst`. The name becomes part of an address, so that nothing else may be in it.
fn date_of(archive: &str) -> Option<&str> {
    let date = archive.strip_prefix("csaf_vex_")?.strip_suffix(".tar.zst")?;
    let is_date = date.len() == 10 && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_date.then_some(date)
}

/// Path and time of each row, `"2026/cve-2026-2673.json","2026-03-25T12:33:38+00:00"`. What is no path of a document is
/// left out: paths become parts of addresses.
fn rows(list: &[u8]) -> impl Iterator<Item = (&str, &str)> {
    list.split(|byte| *byte == b'\n').filter_map(|line| {
        let (path, time) = str::from_utf8(line).ok()?.trim().split_once(',')?;
        let (path, time) = (path.trim().trim_matches('"'), time.trim().trim_matches('"'));
        let (year, name) = path.split_once('/')?;
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let is_document = name.strip_suffix(".json").is_some_and(|stem| !stem.is_empty() && is_plain(stem));
        (!year.is_empty() && is_plain(year) && is_document && path.len() < 100).then_some((path, time))
    })
}

/// Documents that changed since the day on which the archive was made: of that day itself nobody knows whether it has them.
/// Those that were taken back after that are not there any more.
fn newer<'a>(leads: &'a [(String, Vec<u8>)], date: &'a str) -> impl Iterator<Item = &'a str> {
    let deleted: BTreeMap<&str, &str> = rows(content(leads, DELETIONS)).collect();
    let mut seen = BTreeSet::new();
    rows(content(leads, CHANGES))
        .filter(move |(path, time)| {
            *time >= date && deleted.get(path).is_none_or(|deletion| deletion < time) && seen.insert(*path)
        })
        .map(|(path, _)| path)
}

fn parse(input: &mut dyn Input, part: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    let mut first = [0];
    input.seek(SeekFrom::Start(0))?;
    let read = input.read(&mut first)?;
    input.seek(SeekFrom::Start(0))?;
    if read == 1 && first == *b"{" {
        return one(input, emit);
    }
    let superseded = superseded(part);
    let mut documents = 0_usize;
    compressed::each_file(input, &mut |name, content| {
        documents = documents.saturating_add(1);
        if superseded.contains(name) || !name.ends_with(".json") {
            return;
        }
        if let Err(error) = statement::read(content, emit) {
            emit(Item::Malformed(format!("{name}: {error}")));
        }
    })?;
    if documents == 0 {
        return Err(Error::Incomplete("neither a document nor an archive of some".into()));
    }
    let left = left_out(part);
    if left > 0 {
        let what = format!("{left} documents changed after {} was made, too many to be fetched one by one", part.path);
        emit(Item::Malformed(format!("{what}; what they said when it was made is used")));
    }
    Ok(())
}

/// A document on its own.
fn one(input: &mut dyn Input, emit: Emit<'_>) -> Result<(), Error> {
    let mut content = Vec::new();
    input.take(DOCUMENT.saturating_add(1)).read_to_end(&mut content)?;
    if content.len() as u64 > DOCUMENT {
        return Err(Error::TooLarge(format!("it has more than {DOCUMENT} bytes")));
    }
    statement::read(&content, emit)
}

/// What of the archive no longer counts: documents that other parts bring, and those that were taken back.
fn superseded<'a>(part: &'a Part<'_>) -> BTreeSet<&'a str> {
    let changed: BTreeMap<&str, &str> = rows(content(part.leads, CHANGES)).collect();
    let deletions = rows(content(part.leads, DELETIONS));
    let deleted = deletions.filter(|(path, time)| changed.get(path).is_none_or(|change| change <= time));
    let others = part.all.iter().map(String::as_str).filter(|path| *path != part.path);
    deleted.map(|(path, _)| path).chain(others).collect()
}

/// How many documents have changed that are not fetched.
fn left_out(part: &Part<'_>) -> usize {
    let Some(date) = date_of(part.path) else { return 0 };
    newer(part.leads, date).filter(|path| !part.all.iter().any(|other| other == path)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads(archive: &str, changes: &str, deletions: &str) -> Vec<(String, Vec<u8>)> {
        [(LATEST, archive), (CHANGES, changes), (DELETIONS, deletions)]
            .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
            .into()
    }

    #[test]
    fn what_changed_since_the_archive_is_fetched_beside_it() {
        let changes = "\"2024/cve-2024-1.json\",\"2026-03-25T01:00:00+00:00\"\r\n\
                       \"2024/cve-2024-2.json\",\"2026-03-26T01:00:00+00:00\"\n\
                       \"2024/cve-2024-3.json\",\"2026-03-24T23:00:00+00:00\"\n\
                       \"../../etc/passwd\",\"2026-03-26T01:00:00+00:00\"\n\
                       \"2024/x/../../y.json\",\"2026-03-26T01:00:00+00:00\"\n\
                       \"2024/cve-2024-4.json\",\"2026-03-26T01:00:00+00:00\"\n";
        let deletions = "\"2024/cve-2024-4.json\",\"2026-03-27T01:00:00+00:00\"\n";
        let paths = archive_and_newer(&leads("csaf_vex_2026-03-25.tar.zst\n", changes, deletions)).unwrap();
        assert_eq!(paths, ["csaf_vex_2026-03-25.tar.zst", "2024/cve-2024-1.json", "2024/cve-2024-2.json"]);
    }

    #[test]
    fn too_many_changes_leave_the_archive_alone_and_that_is_told() {
        let changes: String =
            (0..400).map(|number| format!("\"2024/cve-2024-{number}.json\",\"2026-03-26T01:00:00+00:00\"\n")).collect();
        let leads = leads("csaf_vex_2026-03-25.tar.zst", &changes, "");
        let all = archive_and_newer(&leads).unwrap();
        assert_eq!(all, ["csaf_vex_2026-03-25.tar.zst"]);
        let document = documents(Wanted::Everything).remove(0);
        let part = Part { document: &document, path: &all[0], all: &all, leads: &leads };
        assert_eq!(left_out(&part), 400);
    }

    #[test]
    fn a_name_that_is_no_archive_is_refused() {
        for name in ["", "../secret", "csaf_vex_2026-03-25.tar.zst?x=../../y", "<html>"] {
            assert!(archive_and_newer(&leads(name, "", "")).is_err(), "{name}");
        }
    }

    #[test]
    fn what_was_taken_back_or_came_anew_is_not_taken_from_the_archive() {
        let leads = leads(
            "csaf_vex_2026-03-25.tar.zst",
            "\"2024/cve-2024-1.json\",\"2026-03-25T01:00:00+00:00\"\n\"2024/cve-2024-3.json\",\"2026-03-24T01:00:00+00:00\"\n",
            "\"2024/cve-2024-2.json\",\"2026-03-26T01:00:00+00:00\"\n\"2024/cve-2024-3.json\",\"2025-03-26T01:00:00+00:00\"\n",
        );
        let all = archive_and_newer(&leads).unwrap();
        let document = documents(Wanted::Everything).remove(0);
        let part = Part { document: &document, path: &all[0], all: &all, leads: &leads };
        assert_eq!(superseded(&part), ["2024/cve-2024-1.json", "2024/cve-2024-2.json"].into());
        assert_eq!(left_out(&part), 0);
    }
}
