//! Runs every case in `fixtures/advisories/outdated`: which software, on which day, and what is to be said of it.
//!
//! A case file has `about`, a `document` of the feed `endoflife` among its fixtures, and `cases`. A case has a `note`, the day
//! `as_of`, a `distro`, `packages`, and the `findings`, `gaps` and `support` to expect, of which the given fields must be equal.
#![cfg(test)]

mod tables;

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use plimsoll_advisories::database::{Builder, Database};
use plimsoll_advisories::feeds::{Item, Part, Wanted, feed};
use plimsoll_advisories::outdated;
use plimsoll_model::{Inventory, Package, Space, Support};
use serde_json::Value;
use tables::{compare, filled, list};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/advisories")
}

/// The shard of a document among the fixtures of the feed.
fn database(document: &str) -> (tempfile::TempDir, Database) {
    let feed = feed("endoflife").unwrap();
    let bytes = fs::read(fixtures().join("feeds/endoflife").join(document).join("document.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut builder = Builder::new(feed.id, Vec::new(), SystemTime::now());
    let documents = (feed.documents)(Wanted::Everything);
    let part = Part { document: &documents[0], path: "", all: &[], leads: &[] };
    let mut take = |item| match item {
        Item::Advisory(advisory) => builder.add(*advisory),
        Item::Malformed(reason) => panic!("{reason}"),
    };
    (feed.parse)(&mut Cursor::new(bytes), &part, &mut take).unwrap();
    let space = Space(Space::LIFECYCLE.into());
    builder.write(folder.path(), &BTreeSet::new()).unwrap();
    let database = Database::open(folder.path(), &BTreeSet::from([space])).unwrap();
    (folder, database)
}

#[test]
fn every_case_is_assessed_as_its_fixture_says() {
    let mut cases = 0;
    let mut files: Vec<_> =
        fs::read_dir(fixtures().join("outdated")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for path in files {
        let file: Value = serde_json::from_slice(&fs::read(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (_folder, database) = database(file["document"].as_str().expect("a document"));
        for case in list(&file, "cases") {
            let note = format!("{}: {}", path.display(), case["note"].as_str().expect("a note"));
            let packages: Vec<Package> = list(case, "packages").iter().map(filled).collect();
            let distro = case.get("distro").map(filled);
            let inventory = Inventory { distro, packages };
            let empty = Database::default();
            let database = if case.get("missing").is_some() { &empty } else { &database };
            let found = outdated(&inventory, database, case["as_of"].as_str().expect("a day"));
            compare(&note, &found.findings, list(case, "findings"));
            compare(&note, &found.gaps, list(case, "gaps"));
            if let Some(support) = case.get("support") {
                let support: Support = serde_json::from_value(support.clone()).unwrap();
                assert_eq!(found.support, support, "{note}");
            }
            cases += 1;
        }
    }
    assert!(cases > 20, "only {cases} cases");
}

/// Whatever the day, what its makers support is never called outdated, and what they do not is always.
#[test]
fn a_release_is_outdated_from_the_day_after_its_last_on() {
    let (_folder, database) = database("products.front-matter");
    let findings = |version: &str, day: &str| {
        let distro =
            Some(plimsoll_model::Distro { id: "debian".into(), version: version.into(), ..Default::default() });
        outdated(&Inventory { distro, packages: Vec::new() }, &database, day).findings
    };
    for (version, last) in [("13", "2028-08-09"), ("12", "2026-07-11"), ("11", "2024-08-14"), ("10", "2022-09-10")] {
        let last: jiff::civil::Date = last.parse().unwrap();
        for days in [-3650, -1, 0] {
            let day = last.saturating_add(jiff::Span::new().days(days));
            assert!(findings(version, &day.to_string()).is_empty(), "{version} on {day}");
            assert!(findings(version, &format!("{day}T23:59:59Z")).is_empty(), "{version} on {day}");
        }
        for days in [1, 2, 3650] {
            let day = last.saturating_add(jiff::Span::new().days(days));
            assert_eq!(findings(version, &day.to_string()).len(), 1, "{version} on {day}");
        }
    }
}
