//! Every feed's parser against the documents in `fixtures/advisories/feeds/<feed>/<document>.<case>/`.
//!
//! A case is the document (`document.json`, `document.xml`…, `records/` that are put into a zip archive, or `files/` that are put into a tar archive) and `expected.json`: the
//! advisories and complaints that come out. With `UPDATE_EXPECTED=1` the latter is written anew, to be reviewed.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use plimsoll_advisories::feeds::{Covers, Document, FEEDS, Feed, Item, Part, Role, Wanted, vendor_of};
use plimsoll_model::{Advisory, Space};
use serde::{Deserialize, Serialize};

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Expected {
    advisories: Vec<Advisory>,
    malformed: Vec<String>,
}

struct Case {
    feed: &'static Feed,
    document: Document,
    folder: PathBuf,
    bytes: Vec<u8>,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/advisories/feeds")
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn cases(feed: &'static Feed) -> Vec<Case> {
    let documents = (feed.documents)(Wanted::Everything);
    let case = |folder: PathBuf| {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let of_case =
            |document: &&Document| name.strip_prefix(&document.name).is_some_and(|rest| rest.starts_with('.'));
        let document = documents.iter().filter(of_case).max_by_key(|document| document.name.len());
        let document = document.unwrap_or_else(|| panic!("{name} names no document of {}", feed.id)).clone();
        let bytes = document_of(&folder);
        Case { feed, document, folder, bytes }
    };
    sorted(&fixtures().join(feed.id)).into_iter().map(case).collect()
}

/// The document, whatever its form (`document.json`, `document.xml`, `document.csv.gz`), or the archive of the records.
fn document_of(folder: &Path) -> Vec<u8> {
    let named = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("document."));
    match sorted(folder).into_iter().find(named) {
        Some(path) => fs::read(path).unwrap(),
        None if folder.join("files").is_dir() => tarball(&folder.join("files")),
        None => archive(&folder.join("records")),
    }
}

/// The page of one feed.
fn page_of(feed: &Feed) -> String {
    let Feed { id, about, licence, passed_on, freshness, specification, home, mirror, .. } = feed;
    let slash = if mirror.ends_with(".json") { "" } else { "/" };
    let shared = if *passed_on { "yes" } else { "only with `--own-use`" };
    let mut page = format!(
        "# {id}\n\n{about}.\n\n| | |\n|---|---|\n| licence | {licence} |\n| in published shards | {shared} |\n| renewed | {freshness} |\n| home | <{home}> |\n\
         | form | <{specification}> |\n| below a mirror | `{mirror}{slash}` |\n\n\
         | document | speaks about | role | size | paths |\n|---|---|---|---|---|\n"
    );
    let documents = (feed.documents)(Wanted::Everything);
    let more = documents.len().saturating_sub(LISTED);
    for Document { name, parts, covers, size, role, .. } in documents.into_iter().take(LISTED) {
        let spaces: Vec<String> = match covers {
            Covers::Exactly(spaces) => spaces.iter().map(|space| format!("`{space}`")).collect(),
            Covers::AnyRelease(distributions) => distributions.iter().map(|id| format!("`{id}:…`")).collect(),
        };
        let path = |part: &String| if part.is_empty() { "the home itself".into() } else { format!("`{part}`") };
        let parts: Vec<String> = parts.iter().map(path).collect();
        let role = match role {
            Role::Vendor => "vendor",
            Role::Supplement => "supplement",
            Role::OnRequest => "on request",
            Role::Bulk => "supplement; from the publisher on request",
        };
        let size = if size < 1_000_000 { "< 1 MB".into() } else { format!("{} MB", size / 1_000_000) };
        page.push_str(&format!("| {name} | {} | {role} | {size} | {} |\n", spaces.join(" "), parts.join(" ")));
    }
    if more > 0 {
        page.push_str(&format!("\nand {more} more of this kind.\n"));
    }
    page
}

/// Documents of a feed that the manual lists; Alpine has one for each release.
const LISTED: usize = 40;

/// A compressed tar archive of a folder's files, named as they are.
fn tarball(folder: &Path) -> Vec<u8> {
    let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default()));
    for path in sorted(folder) {
        let content = fs::read(&path).unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append_data(&mut header, path.file_name().unwrap(), content.as_slice()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// A zip archive of a folder's files, as OSV's are: deflated.
fn archive(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
    for path in sorted(folder) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let (mut entry, config) =
            archive.new_file(&name).compression_method(rawzip::CompressionMethod::DEFLATE).start().unwrap();
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default());
        let mut writer = config.wrap(encoder);
        writer.write_all(&fs::read(&path).unwrap()).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

impl Case {
    fn parse(&self, bytes: &[u8]) -> Result<Expected, String> {
        let mut found = Expected::default();
        let mut take = |item| match item {
            Item::Advisory(advisory) => found.advisories.push(*advisory),
            Item::Malformed(reason) => found.malformed.push(reason),
        };
        let (path, all) = (self.document.parts.first().unwrap(), &self.document.parts);
        let part = Part { document: &self.document, path, all, leads: &[] };
        let parsed = (self.feed.parse)(&mut Cursor::new(bytes), &part, &mut take);
        parsed.map(|()| found).map_err(|error| error.to_string())
    }
}

#[test]
fn documents_parse_as_expected() {
    for feed in FEEDS {
        let cases = cases(feed);
        assert!(!cases.is_empty(), "{} has no fixture", feed.id);
        for case in cases {
            let found = case.parse(&case.bytes).unwrap();
            let path = case.folder.join("expected.json");
            if std::env::var_os("UPDATE_EXPECTED").is_some() {
                fs::write(&path, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
            }
            let expected = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let expected: Expected = serde_json::from_slice(&expected).unwrap();
            assert_eq!(found, expected, "{}", case.folder.display());
        }
    }
}

#[test]
fn what_is_said_is_within_what_the_document_covers_or_dropped() {
    for case in FEEDS.iter().copied().flat_map(cases) {
        let said = case.parse(&case.bytes).unwrap().advisories.into_iter().flat_map(|advisory| advisory.affected);
        for affected in said {
            assert!(case.document.covers.speaks_of(&affected.space), "{} in {}", affected.space, case.folder.display());
            assert!(!affected.name.is_empty(), "{}", case.folder.display());
        }
    }
}

#[test]
fn no_truncation_panics_and_none_of_json_passes() {
    for case in FEEDS.iter().copied().flat_map(cases) {
        let step = case.bytes.len().div_ceil(200).max(1);
        for length in (0..case.bytes.trim_ascii_end().len()).step_by(step) {
            let parsed = case.parse(&case.bytes[..length]);
            assert!(parsed.is_err(), "{} cut to {length} bytes passes as whole", case.folder.display());
        }
    }
}

#[test]
fn no_flipped_byte_panics() {
    for case in FEEDS.iter().copied().flat_map(cases) {
        let step = case.bytes.len().div_ceil(250).max(1);
        for place in (0..case.bytes.len()).step_by(step).chain(case.bytes.len().saturating_sub(120)..case.bytes.len()) {
            for flip in [0x01, 0xff] {
                let mut bytes = case.bytes.clone();
                bytes[place] ^= flip;
                drop(case.parse(&bytes));
            }
        }
    }
}

#[test]
fn a_bomb_is_refused() {
    let record = format!("{{\"id\":\"{}\"}}", "a".repeat(4 << 20));
    let folder = tempfile::tempdir().unwrap();
    for number in 0..16 {
        fs::write(folder.path().join(format!("{number}.json")), &record).unwrap();
    }
    let feed = FEEDS.iter().find(|feed| feed.id == "osv").unwrap();
    let document = (feed.documents)(Wanted::Everything).into_iter().find(|document| document.name == "PyPI").unwrap();
    let case = Case { feed, document, folder: folder.path().into(), bytes: archive(folder.path()) };
    assert!(case.bytes.len() < 200_000, "{} bytes are no bomb", case.bytes.len());
    let error = case.parse(&case.bytes).unwrap_err();
    assert!(error.contains("over the limit"), "{error}");
}

#[test]
fn rows_are_sound() {
    let ids: BTreeSet<&str> = FEEDS.iter().map(|feed| feed.id).collect();
    assert_eq!(ids.len(), FEEDS.len(), "two feeds have one id");
    for feed in FEEDS {
        let home = plimsoll_advisories::fetch::Address::parse(feed.home).unwrap();
        assert!(home.to_string().starts_with("https://"), "{}", feed.id);
        let documents = (feed.documents)(Wanted::Everything);
        let names: BTreeSet<&str> = documents.iter().map(|document| document.name.as_str()).collect();
        assert_eq!(names.len(), documents.len(), "two documents of {} have one name", feed.id);
        assert!(documents.iter().all(|document| document.size > 0 && !document.parts.is_empty()), "{}", feed.id);
    }
}

/// `docs/feeds/<feed>.md` are written by this test, from the rows.
#[test]
fn the_manual_has_a_page_for_every_feed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/feeds");
    for feed in FEEDS {
        let path = folder.join(format!("{}.md", feed.id));
        let page = page_of(feed);
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&path, &page).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(written, page, "run with UPDATE_EXPECTED=1 and read {}", path.display());
    }
    let pages = sorted(&folder).into_iter().filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
    for page in pages.filter(|page| page != "README") {
        assert!(FEEDS.iter().any(|feed| feed.id == page), "the feed of docs/feeds/{page}.md is gone");
    }
}

#[test]
fn every_space_has_one_vendor() {
    let documents: Vec<Document> = FEEDS.iter().flat_map(|feed| (feed.documents)(Wanted::Everything)).collect();
    let spaces = documents.iter().flat_map(|document| match &document.covers {
        Covers::Exactly(spaces) => spaces.iter().cloned().collect(),
        // What others say of releases is beside a vendor's documents of the releases that there are.
        Covers::AnyRelease(_) if document.role != Role::Vendor => Vec::new(),
        Covers::AnyRelease(distributions) => distributions.iter().map(|id| Space::release(id, "1")).collect(),
    });
    // The last one only adds to the word of Go's database.
    let without = [Space::CVE, Space::CPE, Space::LIFECYCLE, "kubernetes"];
    for space in spaces.filter(|space| !without.contains(&space.as_str())) {
        let speaks = |document: &&Document| document.role == Role::Vendor && document.covers.speaks_of(&space);
        assert_eq!(documents.iter().filter(speaks).count(), 1, "{space}");
        assert!(vendor_of(&space).is_some(), "{space}");
    }
}
