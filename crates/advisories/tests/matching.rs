//! Runs every case in `fixtures/advisories/matching`: what was said about which packages, and what is to be found.
//!
//! A case file has `about`, a `distro` and `cases`. A case has a `note`, `packages`, `advisories` (each with its `feed`) and
//! the `findings` and `gaps` to expect. Of packages and advisories only what matters is given, the rest is empty. Of
//! findings and gaps the fields that are given must be equal, and there must be no others.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use plimsoll_advisories::database::{Builder, Database};
use plimsoll_advisories::{matching, spaces};
use plimsoll_model::{Advisory, Affected, Inventory, Package, Range, Space};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The value with the fields of `T::default()` where it has none.
fn filled<T: Default + Serialize + DeserializeOwned>(value: &Value) -> T {
    let mut whole = serde_json::to_value(T::default()).unwrap();
    for (key, field) in value.as_object().expect("an object") {
        whole[key] = field.clone();
    }
    serde_json::from_value(whole).unwrap_or_else(|error| panic!("{error}: {value}"))
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).map_or(&[], |list| list.as_array().expect("a list"))
}

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

/// Only those fields of the actual object that the expected one has.
fn narrowed(actual: Value, expected: Option<&Value>) -> Value {
    let Some(expected) = expected.and_then(Value::as_object) else { return actual };
    let Value::Object(actual) = actual else { return actual };
    Value::Object(expected.keys().map(|key| (key.clone(), actual.get(key).cloned().unwrap_or_default())).collect())
}

fn compare<T: Serialize>(what: &str, actual: &[T], expected: &[Value]) {
    let actual =
        actual.iter().enumerate().map(|(index, one)| narrowed(serde_json::to_value(one).unwrap(), expected.get(index)));
    let actual: Vec<Value> = actual.collect();
    assert_eq!(
        serde_json::to_string_pretty(&actual).unwrap(),
        serde_json::to_string_pretty(expected).unwrap(),
        "{what}"
    );
}

fn run(file: &str, distro: &Value, case: &Value) {
    let note = format!("{file}: {}", case["note"].as_str().expect("a note"));
    let folder = tempfile::tempdir().unwrap();
    let packages: Vec<Package> = list(case, "packages").iter().map(filled).collect();
    let distro = (!distro.is_null()).then(|| filled(distro));
    let inventory = Inventory { distro, packages };
    let covered: BTreeSet<Space> = if case.get("missing").is_some() { BTreeSet::new() } else { spaces(&inventory) };
    let mut said: BTreeMap<&str, Vec<Advisory>> = BTreeMap::new();
    for given in list(case, "advisories") {
        said.entry(given["feed"].as_str().expect("a feed")).or_default().push(advisory(given));
    }
    said.entry("osv").or_default();
    for (feed, advisories) in said {
        let mut builder = Builder::new(feed, Vec::new());
        advisories.into_iter().for_each(|advisory| builder.add(advisory));
        builder.write(folder.path(), &covered).unwrap();
    }
    let database = Database::open(folder.path(), &spaces(&inventory)).unwrap();
    let matched = matching(&inventory, &database);
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
            run(&path.file_name().unwrap().to_string_lossy(), &file["distro"], case);
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
        let mut builder = Builder::new("osv", Vec::new());
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
