//! Alpine's security database, and the distributions that publish theirs in the same form.
//!
//! Owns that form (<https://gitlab.alpinelinux.org/alpine/infra/alpine-secdb>): for each source package, which version
//! fixed which ids. It speaks of fixes only: that a package is affected without a fix is not in it.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Advisory, Affected, Range, Space, State};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted, bounds, compressed, json};

/// Alpine Linux, one document a release.
pub const ALPINE: Feed = Feed {
    id: "alpine-secdb",
    about: "Alpine Linux: which version of a package fixed which vulnerability, for each release",
    licence: "public, no terms stated",
    passed_on: true,
    freshness: "several times a day",
    specification: "https://gitlab.alpinelinux.org/alpine/infra/alpine-secdb",
    home: "https://secdb.alpinelinux.org",
    mirror: "alpine",
    documents: alpine_documents,
    parse,
};

/// Wolfi.
pub const WOLFI: Feed = Feed {
    id: "wolfi-secdb",
    about: "Wolfi: which version of a package fixed which vulnerability",
    licence: "Wolfi's terms; not to be passed on",
    passed_on: false,
    freshness: "several times a day",
    specification: "https://gitlab.alpinelinux.org/alpine/infra/alpine-secdb",
    home: "https://packages.wolfi.dev",
    mirror: "wolfi",
    documents: |wanted| rolling(wanted, "wolfi", "os/security.json"),
    parse,
};

/// Chainguard's own packages.
pub const CHAINGUARD: Feed = Feed {
    id: "chainguard-secdb",
    about: "Chainguard: which version of a package fixed which vulnerability",
    licence: "Chainguard's terms; not to be passed on",
    passed_on: false,
    freshness: "several times a day",
    specification: "https://gitlab.alpinelinux.org/alpine/infra/alpine-secdb",
    home: "https://packages.cgr.dev",
    mirror: "chainguard",
    documents: |wanted| rolling(wanted, "chainguard", "chainguard/security.json"),
    parse,
};

/// MinimOS.
pub const MINIMOS: Feed = Feed {
    id: "minimos-secdb",
    about: "MinimOS: which version of a package fixed which vulnerability",
    licence: "MinimOS's terms; not to be passed on",
    passed_on: false,
    freshness: "several times a day",
    specification: "https://gitlab.alpinelinux.org/alpine/infra/alpine-secdb",
    home: "https://packages.mini.dev",
    mirror: "minimos",
    documents: |wanted| rolling(wanted, "minimos", "advisories/secdb/security.json"),
    parse,
};

/// SecureOS.
pub const SECUREOS: Feed = Feed {
    id: "secureos-secdb",
    about: "SecureOS: which version of a package fixed which vulnerability",
    licence: "SecureOS's terms; not to be passed on",
    passed_on: false,
    freshness: "several times a day",
    specification: "https://gitlab.alpinelinux.org/alpine/infra/alpine-secdb",
    home: "https://security.secureos.io",
    mirror: "secureos",
    documents: |wanted| rolling(wanted, "secureos", "v1/secdb.json.gz"),
    parse,
};

/// First and last minor number of Alpine 3 for which the database is looked for when everything is wanted. Those asked
/// for by an image are not limited by it.
const ALPINE_MINORS: std::ops::RangeInclusive<u32> = 3..=40;

#[derive(Deserialize)]
struct Entry {
    pkg: Fixes,
}

#[derive(Deserialize)]
struct Fixes {
    name: String,
    /// Version → ids.
    #[serde(default, deserialize_with = "versions")]
    secfixes: Versions,
}

type Versions = BTreeMap<String, Option<Vec<String>>>;

/// Old documents have `null` or an empty list where there are none.
fn versions<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Versions, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Object(Versions),
        List(Vec<serde::de::IgnoredAny>),
    }
    match Option::deserialize(deserializer)? {
        None => Ok(Versions::new()),
        Some(Form::Object(versions)) => Ok(versions),
        Some(Form::List(list)) if list.is_empty() => Ok(Versions::new()),
        Some(Form::List(_)) => Err(D::Error::custom("secfixes is a list, not versions with their ids")),
    }
}

fn alpine_documents(wanted: Wanted<'_>) -> Vec<Document> {
    match wanted {
        Wanted::Everything => {
            let numbered = ALPINE_MINORS.map(|minor| format!("3.{minor}"));
            numbered.chain(["edge".to_owned()]).map(|release| alpine_release(&release)).collect()
        }
        Wanted::Spaces(spaces) => spaces
            .iter()
            .filter_map(|space| space.as_str().strip_prefix("alpine:"))
            .filter(|release| is_alpine_release(release))
            .map(alpine_release)
            .collect(),
    }
}

/// The release becomes part of a path, and comes from an image.
fn is_alpine_release(release: &str) -> bool {
    let digits = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    release == "edge" || release.split_once('.').is_some_and(|(major, minor)| digits(major) && digits(minor))
}

fn alpine_release(release: &str) -> Document {
    let folder = if release == "edge" { release.to_owned() } else { format!("v{release}") };
    Document {
        parts: ["main", "community"].map(|repository| format!("{folder}/{repository}.json")).into(),
        steps: &[],
        name: folder,
        covers: Covers::Exactly([Space::release("alpine", release)].into()),
        size: 600_000,
        role: Role::Vendor,
    }
}

fn rolling(wanted: Wanted<'_>, space: &str, path: &str) -> Vec<Document> {
    let document = Document {
        name: "security".into(),
        parts: vec![path.into()],
        steps: &[],
        covers: Covers::Exactly([Space(space.into())].into()),
        size: 6_000_000,
        role: Role::Vendor,
    };
    if wanted.includes(&document.covers) { vec![document] } else { Vec::new() }
}

fn parse(input: &mut dyn Input, part: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    let Some(space) = part.document.covers.certain().pop_first() else { return Ok(()) };
    Ok(json::each_element(&mut compressed::open(input)?, "packages", &mut |entry: Entry| {
        let mut records = BTreeMap::new();
        for (version, ids) in &entry.pkg.secfixes {
            for text in ids.iter().flatten() {
                if !collect(version, text, &mut records) {
                    emit(Item::Malformed(format!("{} {version}: no id in {text:?}", entry.pkg.name)));
                }
            }
        }
        for (id, record) in records {
            emit(Item::Advisory(Box::new(record.advisory(id, &entry.pkg.name, &space))));
        }
    })?)
}

/// What is said about one id in one package.
#[derive(Default)]
struct Record {
    aliases: BTreeSet<String>,
    covers: BTreeSet<String>,
    fixed_in: BTreeSet<String>,
    unfixed: bool,
}

impl Record {
    fn fixed(&mut self, version: &str) {
        // "0" stands for: no version of this package ever had it.
        match version {
            "0" => {}
            // SecureOS's word for a fix that is still to come.
            "None" => self.unfixed = true,
            version => _ = self.fixed_in.insert(version.to_owned()),
        }
    }

    fn advisory(self, id: String, package: &str, space: &Space) -> Advisory {
        // An id that is listed under two versions was fixed for good by the later one: affected up to either of them.
        let range = |fixed| Range { introduced: "0".into(), fixed, last_affected: String::new() };
        let (state, fixes) = match (self.fixed_in.is_empty(), self.unfixed) {
            (false, _) => (State::Fixed, self.fixed_in),
            (true, true) => (State::Affected, BTreeSet::from([String::new()])),
            (true, false) => (State::NotAffected, BTreeSet::new()),
        };
        Advisory {
            references: bounds::references(reference(&id).as_deref().into_iter()),
            id,
            aliases: self.aliases.into_iter().collect(),
            covers: self.covers.into_iter().collect(),
            affected: vec![Affected {
                space: space.clone(),
                name: package.to_owned(),
                ranges: fixes.into_iter().map(range).collect(),
                state,
                ..Affected::default()
            }],
            ..Advisory::default()
        }
    }
}

/// Where the publisher says more about an id that is no CVE.
fn reference(id: &str) -> Option<String> {
    id.strip_prefix("XSA-").map(|number| format!("https://xenbits.xen.org/xsa/advisory-{number}.html"))
}

/// Takes the ids of one text, of which many hold several: `CVE-2018-12126 XSA-297`. False when it holds none.
///
/// Each CVE is a record of its own. A GitHub id beside a single CVE is its other name. Ids of other projects (XSA,
/// TALOS…) may cover several CVEs, each listed with it on a line of its own: as other names they would make those CVEs
/// one, so they are records that cover the CVEs beside them.
fn collect(version: &str, text: &str, records: &mut BTreeMap<String, Record>) -> bool {
    let text = text.replace("CVE ", "CVE-");
    let ids: BTreeSet<String> = text.split([' ', ',', ';']).filter_map(id).collect();
    let (cves, others): (Vec<_>, Vec<_>) = ids.iter().partition(|id| id.starts_with("CVE-"));
    for cve in &cves {
        records.entry((*cve).clone()).or_default().fixed(version);
    }
    for other in others {
        match cves.as_slice() {
            [cve] if other.starts_with("GHSA-") => {
                records.entry((*cve).clone()).or_default().aliases.insert(other.clone());
            }
            _ => {
                let record = records.entry(other.clone()).or_default();
                record.fixed(version);
                record.covers.extend(cves.iter().map(|cve| (*cve).clone()));
            }
        }
    }
    !ids.is_empty()
}

/// The id in a word, mended where it is plain what was meant: `CVE_2018-1000156`, `CVE-2016-2334.patch`, and
/// `CVE-2017-17434-1` for the first half of a fix. Remarks in parentheses and ids that were never assigned
/// (`CVE-????-?????`) are none.
fn id(word: &str) -> Option<String> {
    let word = word.trim_matches(['(', ')', ':', '.']).trim_end_matches(".patch");
    let numbers = word.strip_prefix("CVE").and_then(|rest| rest.strip_prefix(['-', '_']));
    if let Some((year, number)) = numbers.and_then(|rest| rest.split_once(['-', '_'])) {
        let number = number.split_once('-').map_or(number, |(number, _)| number);
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        return (year.len() == 4 && digits(year) && (4..=19).contains(&number.len()) && digits(number))
            .then(|| format!("CVE-{year}-{number}"));
    }
    let known = ["GHSA-", "XSA-", "TALOS-", "ZBX-", "wnpa-sec-", "GO-", "RUSTSEC-", "PYSEC-", "CGA-"];
    let ascii = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let rest = known.iter().find_map(|prefix| word.strip_prefix(prefix));
    (ascii && rest.is_some_and(|rest| !rest.is_empty())).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_and_mended() {
        let cases = [
            ("CVE-2019-14904", Some("CVE-2019-14904")),
            ("CVE_2018-1000156", Some("CVE-2018-1000156")),
            ("CVE-2016-2334.patch", Some("CVE-2016-2334")),
            ("CVE-2017-17434-1", Some("CVE-2017-17434")),
            ("CVE-????-?????", None),
            ("(SMB)", None),
            ("XSA-297", Some("XSA-297")),
            ("XSA-", None),
            ("GHSA-jfh8-c2jp-5v3q", Some("GHSA-jfh8-c2jp-5v3q")),
        ];
        for (word, expected) in cases {
            assert_eq!(id(word).as_deref(), expected, "{word}");
        }
    }

    #[test]
    fn a_release_that_would_leave_its_folder_is_not_asked_for() {
        let spaces = ["alpine:3.18", "alpine:../../x", "alpine:edge", "alpine:3", "alpine:3.1/..", "debian:12"];
        let spaces = spaces.map(|space| Space(space.into())).into();
        let names: Vec<_> = alpine_documents(Wanted::Spaces(&spaces)).into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["v3.18", "edge"]);
    }
}
