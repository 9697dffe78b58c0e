//! Runs every case in `fixtures/advisories/matching`: what was said about which packages, and what is to be found.
//!
//! A case file has `about`, a `distro` and `cases`. A case may have a `distro` of its own, and has a `note`, `packages`, `advisories` (each with its `feed`) and
//! the `findings` and `gaps` to expect. Of packages and advisories only what matters is given, the rest is empty. Of
//! findings and gaps the fields that are given must be equal, and there must be no others. Every feed that an advisory is of,
//! and the vendor's, is at hand for each space; with `missing`, only the spaces that an advisory names, from its feed.
#![cfg(test)]

mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use plimsoll_advisories::database::{Builder, Database};
use plimsoll_advisories::feeds::vendor_of;
use plimsoll_advisories::{Matched, explain, matching, spaces};
use plimsoll_model::{Advisory, Affected, Gap, GapKind, Inventory, Outcome, Package, Range, Space};
use serde_json::{Value, json};

use tables::{compare, filled, list};

fn advisory(value: &Value) -> Advisory {
    let affected = list(value, "affected").iter().map(|affected| {
        let ranges: Vec<Range> = list(affected, "ranges").iter().map(filled).collect();
        let mut fields = affected.clone();
        fields["ranges"] = serde_json::to_value(ranges).unwrap();
        filled::<Affected>(&fields)
    });
    let affected: Vec<Affected> = affected.collect();
    let mut fields = value.clone();
    fields["affected"] = serde_json::to_value(affected).unwrap();
    fields.as_object_mut().unwrap().remove("feed");
    filled(&fields)
}

/// What is explained is what was found: for every id that an advisory of the case has, a package is explained as affected
/// exactly where there is a finding, and as undecided exactly where a gap says so.
fn agrees(note: &str, inventory: &Inventory, database: &Database, matched: &Matched, advisories: &[Value]) {
    let ids = advisories.iter().flat_map(|advisory| {
        let own = std::iter::once(&advisory["id"]);
        own.chain(list(advisory, "aliases")).chain(list(advisory, "covers")).map(|id| id.as_str().unwrap().to_owned())
    });
    let mut told = BTreeSet::new();
    for id in ids.collect::<BTreeSet<_>>() {
        for one in explain(inventory, database, &matched.findings, &id, None).unwrap().packages {
            let finding = matched.findings.iter().find(|it| {
                it.id == one.id && (it.subject(), it.version()) == (one.name.as_str(), one.version.as_str())
            });
            let named = format!("{note}: {id}: {} in {} {}", one.id, one.name, one.version);
            assert_eq!(one.outcome == Outcome::Affected, finding.is_some(), "{named}: {:?}", one.outcome);
            assert_eq!(one.finding.as_deref(), finding, "{named}");
            assert!(finding.is_none_or(|it| it.severities.len() >= one.severities.len()), "{named}");
            let package = format!("{} {}: ", one.name, one.version);
            let about = |gap: &Gap| gap.message.starts_with(&package) && gap.message.contains(&one.id);
            let open = matched.gaps.iter().any(about);
            assert_eq!(one.outcome == Outcome::Undecided, open, "{named}: {:?}", one.outcome);
            assert!(one.outcome != Outcome::Affected || one.statements.iter().any(|said| said.decides), "{named}");
            told.insert((one.id, one.name, one.version));
        }
    }
    for finding in &matched.findings {
        let named = (finding.id.clone(), finding.subject().to_owned(), finding.version().to_owned());
        assert!(told.contains(&named), "{note}: {named:?} is not explained");
    }
}

fn run(file: &str, distro: &Value, case: &Value) {
    let note = format!("{file}: {}", case["note"].as_str().expect("a note"));
    let folder = tempfile::tempdir().unwrap();
    let packages: Vec<Package> = list(case, "packages").iter().map(filled).collect();
    let distro = (!distro.is_null()).then(|| filled(distro));
    let inventory = Inventory { distro, packages };
    let mut covered = if case.get("missing").is_some() { BTreeSet::new() } else { spaces(&inventory) };
    covered.insert(Space(Space::CVE.into()));
    let mut said: BTreeMap<&str, Vec<Advisory>> = BTreeMap::new();
    for given in list(case, "advisories") {
        said.entry(given["feed"].as_str().expect("a feed")).or_default().push(advisory(given));
    }
    said.entry("osv").or_default();
    for vendor in covered.iter().filter_map(vendor_of) {
        said.entry(vendor.id).or_default();
    }
    for (feed, advisories) in said {
        let mut builder = Builder::new(feed, Vec::new(), SystemTime::now());
        advisories.into_iter().for_each(|advisory| builder.add(advisory));
        builder.write(folder.path(), &covered).unwrap();
    }
    let database = Database::open(folder.path(), &spaces(&inventory)).unwrap();
    let matched = matching(&inventory, &database);
    agrees(&note, &inventory, &database, &matched, list(case, "advisories"));
    compare(&note, &matched.findings, list(case, "findings"));
    compare(&note, &matched.gaps, list(case, "gaps"));
}

#[test]
fn every_case_is_decided_as_its_fixture_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/advisories/matching");
    let mut cases = 0;
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for path in files.iter().filter(|path| path.extension().is_some_and(|end| end == "json")) {
        let file: Value = serde_json::from_slice(&fs::read(path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in list(&file, "cases") {
            let distro = case.get("distro").unwrap_or(&file["distro"]);
            run(&path.file_name().unwrap().to_string_lossy(), distro, case);
            cases += 1;
        }
    }
    assert!(cases > 40, "only {cases} cases were found in {}", folder.display());
}

#[test]
fn an_unrelated_advisory_changes_nothing() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/advisories/matching/states.json");
    let file: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    for case in list(&file, "cases") {
        let mut case = case.clone();
        for feed in ["debian-tracker", "osv"] {
            for name in ["another", "openssl-other", "opens", "OpenSSL", ""] {
                let affected = json!([{"space": "debian:11", "name": name, "state": "affected"}]);
                let unrelated =
                    json!({"feed": feed, "id": "CVE-2000-0001", "aliases": ["GHSA-x"], "affected": affected});
                case.as_object_mut().unwrap().entry("advisories").or_insert(json!([]));
                case["advisories"].as_array_mut().unwrap().insert(0, unrelated);
            }
        }
        run("states.json with unrelated advisories", &file["distro"], &case);
    }
}

#[test]
fn the_same_shards_are_made_from_the_same_advisories() {
    let bytes = || {
        let folder = tempfile::tempdir().unwrap();
        let mut builder = Builder::new("osv", Vec::new(), SystemTime::now());
        for number in 0..500 {
            let name = format!("package-{}", number % 70);
            builder.add(advisory(&json!({
                "id": format!("CVE-2024-{number}"), "title": format!("title {number}"), "details": "long ".repeat(number),
                "affected": [{"space": "debian:11", "name": name, "ranges": [{"fixed": number.to_string()}]}],
            })));
        }
        let written = builder.write(folder.path(), &BTreeSet::new()).unwrap();
        (fs::read(&written[0].path).unwrap(), written[0].digest.clone())
    };
    assert_eq!(bytes(), bytes());
}

#[test]
fn an_empty_inventory_has_nothing_and_misses_nothing() {
    let database = Database::default();
    let matched = matching(&Inventory::default(), &database);
    assert_eq!(serde_json::to_value(matched.findings).unwrap(), json!([]));
    assert_eq!(serde_json::to_value(matched.gaps).unwrap(), json!([]));
}

/// Every half-open and closed range over some versions, against every one of them.
#[test]
fn ranges_hold_exactly_what_is_between_their_bounds() {
    const VERSIONS: [&str; 8] = ["0.9", "1.0~rc1", "1.0", "1.0-1", "1.0-1+deb11u1", "1.1", "2:0.1", "2:1.0"];
    let folder = tempfile::tempdir().unwrap();
    let mut builder = Builder::new("osv", Vec::new(), SystemTime::now());
    for (low, introduced) in VERSIONS.iter().enumerate() {
        for (high, end) in VERSIONS.iter().enumerate() {
            for key in ["fixed", "last_affected"] {
                let ranges = json!([{"introduced": introduced, key: end}]);
                let affected = json!([{"space": "debian:11", "name": "a", "ranges": ranges}]);
                builder.add(advisory(&json!({"id": format!("{key} {low} {high}"), "affected": affected})));
            }
        }
    }
    builder.write(folder.path(), &BTreeSet::new()).unwrap();
    let distro = Some(filled(&json!({"id": "debian", "version": "11"})));
    for (at, version) in VERSIONS.iter().enumerate() {
        let inventory = Inventory { distro: distro.clone(), packages: vec![Package::new("deb", "a", *version)] };
        let database = Database::open(folder.path(), &spaces(&inventory)).unwrap();
        let found: BTreeSet<String> = matching(&inventory, &database).findings.into_iter().map(|one| one.id).collect();
        let mut expected = BTreeSet::new();
        for low in 0..=at {
            expected.extend((at + 1..VERSIONS.len()).map(|high| format!("fixed {low} {high}")));
            expected.extend((at..VERSIONS.len()).map(|high| format!("last_affected {low} {high}")));
        }
        assert_eq!(found, expected, "{version}");
    }
}

/// A large inventory is matched in stretches by several threads; nothing of it shows.
#[test]
fn an_inventory_is_matched_as_its_packages_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = Builder::new("osv", Vec::new(), SystemTime::now());
    for number in 0..900 {
        let affected =
            json!([{"space": "debian:11", "name": format!("p{:03}", number % 500), "ranges": [{"fixed": "2"}]}]);
        builder.add(advisory(&json!({"id": format!("CVE-2024-{number:04}"), "affected": affected})));
    }
    builder.write(folder.path(), &BTreeSet::new()).unwrap();
    let distro: Option<plimsoll_model::Distro> = Some(filled(&json!({"id": "debian", "version": "11"})));
    let package = |number: usize| {
        let version = ["1", "3", "not a version", ""][number % 4];
        Package::new(if number.is_multiple_of(50) { "unheard-of" } else { "deb" }, format!("p{number:03}"), version)
    };
    let packages: Vec<Package> = (0..500).map(package).collect();
    let inventory = Inventory { distro: distro.clone(), packages: packages.clone() };
    let database = Database::open(folder.path(), &spaces(&inventory)).unwrap();
    let whole = matching(&inventory, &database);
    let mut findings = BTreeSet::new();
    let mut undecided = BTreeSet::new();
    for package in packages {
        let one = matching(&Inventory { distro: distro.clone(), packages: vec![package] }, &database);
        findings.extend(one.findings.iter().map(|finding| serde_json::to_string(finding).unwrap()));
        undecided.extend(one.gaps.into_iter().filter(|gap| gap.kind == GapKind::Partial).map(|gap| gap.message));
    }
    let found: Vec<String> = whole.findings.iter().map(|finding| serde_json::to_string(finding).unwrap()).collect();
    assert_eq!((found.len(), found.into_iter().collect::<BTreeSet<_>>()), (findings.len(), findings));
    let gaps = whole.gaps.iter().filter(|gap| gap.kind == GapKind::Partial).map(|gap| gap.message.clone());
    let gaps: BTreeSet<String> = gaps.collect();
    assert!(whole.gaps.iter().any(|gap| gap.message.contains("10 packages (p000, p050, p100, p150, p200 and 5 more)")));
    assert_eq!(gaps, undecided);
    assert_eq!(whole, matching(&inventory, &database));
}

/// A damaged block of text costs the title and says so; a damaged index blinds the space. Neither looks clean.
#[test]
fn damage_never_looks_clean() {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = Builder::new("osv", Vec::new(), SystemTime::now());
    let affected = json!([{"space": "debian:11", "name": "a", "ranges": [{"fixed": "2"}]}]);
    builder.add(advisory(&json!({"id": "CVE-2024-0001", "title": "a title", "affected": affected})));
    let path = builder.write(folder.path(), &BTreeSet::new()).unwrap().remove(0).path;
    let distro = Some(filled(&json!({"id": "debian", "version": "11"})));
    let inventory = Inventory { distro, packages: vec![Package::new("deb", "a", "1")] };
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        fs::write(&path, &bytes).unwrap();
        let database = Database::open(folder.path(), &spaces(&inventory)).unwrap();
        let matched = matching(&inventory, &database);
        let complaint = matched.gaps.iter().find(|gap| gap.kind == GapKind::Blind).map(|gap| gap.message.clone());
        let complaint = complaint.unwrap_or_default();
        let named = complaint.contains("debian%3a11@osv.shard is not a usable shard: ");
        // The bytes of details are not asked for by matching.
        let untouched = matched.findings.len() == 1 && matched.findings[0].title == "a title";
        assert!(named || untouched, "byte {at}: {complaint}");
        assert!(matched.findings.len() == 1 || database.shards().is_empty(), "byte {at}: {complaint}");
    }
}
