//! Every reader against its fixtures: `fixtures/packages/<ecosystem>/<case>/root` is a piece of an image's root, and
//! `expected.json` beside it what the readers make of it and what the inventory is.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::str::FromStr;

use plimsoll_model::{Inventory, Location, Package, Presence, Reader};
use plimsoll_packages::{ECOSYSTEMS, ecosystem, inventory, readers};
use proptest::prelude::*;
use serde_json::json;

use crate::tree::{Tree, compare, fixtures, folders, load, read, readings};

fn cases() -> Vec<PathBuf> {
    let ids = ECOSYSTEMS.iter().map(|ecosystem| ecosystem.id).chain(["note", "sbom"]);
    ids.flat_map(|id| folders(&fixtures().join(id))).filter(|case| case.join("root").is_dir()).collect()
}

/// Case and tree of every fixture, the distributions' included.
fn trees() -> Vec<(PathBuf, Tree)> {
    let all = cases().into_iter().chain(folders(&fixtures().join("distro")));
    all.map(|case| (case.clone(), load(&case.join("root")))).collect()
}

/// What the core does between the readers and the inventory.
fn take_inventory(tree: &Tree) -> (Vec<serde_json::Value>, Inventory, Vec<String>) {
    let (mut said, mut packages, mut owned, mut releases) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for reader in readers() {
        for (path, facts) in readings(reader, tree) {
            match facts {
                Ok(facts) => {
                    said.push(json!({ "reader": reader.id, "file": path, "facts": &facts }));
                    packages.extend(facts.packages.into_iter().map(|mut package| {
                        let file = Location { presence: reader.presence, ..Location::at(path) };
                        let inside = std::mem::take(&mut package.locations);
                        package.locations = inside.iter().map(|inner| file.inner(&inner.path)).collect();
                        if package.locations.is_empty() {
                            package.locations.push(file);
                        }
                        Package { presence: reader.presence, ..package }
                    }));
                    owned.extend(facts.owned);
                    releases.extend(facts.releases.into_iter().map(|release| (path.to_owned(), release)));
                }
                Err(error) => said.push(json!({ "reader": reader.id, "file": path, "malformed": error.to_string() })),
            }
        }
    }
    let (inventory, gaps) = inventory(packages, &owned, &releases);
    (said, inventory, gaps.iter().map(|gap| format!("{} {}: {}", gap.kind, gap.location, gap.message)).collect())
}

#[test]
fn fixtures_read_as_expected() {
    for case in cases() {
        let (readings, inventory, gaps) = take_inventory(&load(&case.join("root")));
        let packages: Vec<_> = inventory.packages.iter().map(summary).collect();
        let actual = json!({ "readings": readings, "packages": packages, "gaps": gaps });
        compare(&case.join("expected.json"), &format!("{actual:#}\n"));
    }
}

/// Package URL, origin, and what else is remarkable.
fn summary(package: &Package) -> serde_json::Value {
    let mut summary = vec![json!(package.purl), json!(package.origin)];
    if package.presence != Presence::Installed {
        summary.push(json!(package.presence));
    }
    summary.extend(package.development.then(|| json!("development")));
    summary.extend(package.direct.then(|| json!("direct")));
    if !package.introduced_by.is_empty() {
        summary.push(json!(format!("through {}", package.introduced_by.join(", "))));
    }
    summary.extend(package.owned_by.as_ref().map(|owner| json!(format!("owned by {owner}"))));
    json!(summary)
}

#[test]
fn every_reader_has_a_fixture_that_it_understands() {
    let trees = trees();
    let understood = |reader: &Reader| {
        let facts = trees.iter().flat_map(|(_, tree)| readings(reader, tree)).filter_map(|(_, facts)| facts.ok());
        facts
            .into_iter()
            .any(|facts| !(facts.packages.is_empty() && facts.owned.is_empty() && facts.releases.is_empty()))
    };
    let missing: Vec<_> = readers().into_iter().filter(|reader| !understood(reader)).map(|reader| reader.id).collect();
    assert!(missing.is_empty(), "no fixture below fixtures/packages for {missing:?}");
}

#[test]
fn reader_ids_are_unique_and_begin_with_their_ecosystem() {
    let ids: BTreeSet<_> = readers().iter().map(|reader| reader.id).collect();
    assert_eq!(ids.len(), readers().len());
    for ecosystem in ECOSYSTEMS {
        for reader in ecosystem.readers {
            assert!(reader.id.starts_with(&format!("{}/", ecosystem.id)), "{}", reader.id);
        }
    }
}

#[test]
fn package_urls_are_read_back_as_what_they_say() {
    for (case, tree) in trees() {
        for package in take_inventory(&tree).1.packages {
            let purl = packageurl::PackageUrl::from_str(&package.purl)
                .unwrap_or_else(|error| panic!("{}: {}: {error}", case.display(), package.purl));
            assert_eq!(purl.to_string(), package.purl);
            assert_eq!(purl.ty(), package.ecosystem);
            // Documents may list packages of types without a row.
            let normal = |name: &str| match ecosystem(&package.ecosystem) {
                Some(row) => (row.normal_name)(name).to_lowercase(),
                None => name.to_lowercase(),
            };
            assert!(normal(&package.name).ends_with(&normal(purl.name())), "{}", package.purl);
            let epoch = purl.qualifiers().get("epoch").map(|epoch| format!("{epoch}:")).unwrap_or_default();
            assert_eq!(format!("{epoch}{}", purl.version().unwrap_or_default()), package.version);
            assert_eq!(purl.qualifiers().get("arch").map_or("", |arch| arch), package.arch);
        }
    }
}

/// Every file of the fixtures that some reader wants.
fn files() -> Vec<(&'static Reader, Tree, String)> {
    let mut files = Vec::new();
    for (_, tree) in trees() {
        for reader in readers() {
            for (path, _) in readings(reader, &tree) {
                files.push((reader, tree.clone(), path.to_owned()));
            }
        }
    }
    files
}

/// Lengths to cut a file to: up to 400 of a small file, fewer of a large one, for each costs reading the rest, and of
/// each of many files that one reader has.
fn lengths(size: usize, files: usize) -> impl Iterator<Item = usize> {
    let count = ((2 << 20) / size.max(1)).clamp(20, 400) * 20 / files.max(20);
    (0..size).step_by((size / count.max(1)).max(1))
}

#[test]
fn truncated_files_never_panic() {
    let files = files();
    for (reader, tree, path) in &files {
        for length in lengths(tree[path].len(), count(&files, reader)) {
            let _ = read(reader, tree, path, &&tree[path][..length]);
        }
    }
}

/// How many files a reader has.
fn count(files: &[(&Reader, Tree, String)], reader: &Reader) -> usize {
    files.iter().filter(|(other, ..)| other.id == reader.id).count()
}

#[test]
fn flipped_bytes_never_panic() {
    let files = files();
    for (reader, tree, path) in &files {
        let mut bytes = tree[path].clone();
        for position in lengths(bytes.len(), count(&files, reader)) {
            for mask in [0x01, 0x80, 0xff] {
                bytes[position] ^= mask;
                let _ = read(reader, tree, path, &bytes);
                bytes[position] ^= mask;
            }
        }
    }
}

/// A cut database never reads like a smaller, healthy one: what is lost is said.
#[test]
fn truncated_databases_say_so() {
    const DATABASES: &[&str] = &["deb/status", "deb/chisel", "apk/installed"];
    for (reader, tree, path) in files().into_iter().filter(|(reader, ..)| DATABASES.contains(&reader.id)) {
        let bytes = &tree[&path];
        let whole = read(reader, &tree, &path, bytes).unwrap();
        for length in lengths(bytes.len(), 1).skip(1) {
            let Ok(cut) = read(reader, &tree, &path, &&bytes[..length]) else { continue };
            let lost = cut.packages.len() < whole.packages.len();
            // A cut between two records is a healthy file to every tool that reads it.
            let between =
                bytes[..length].ends_with(b"\n\n") || bytes[..length].ends_with(b"\n") && bytes[length] == b'\n';
            assert!(
                !lost || between || !cut.malformed.is_empty() || ends_a_line(bytes, length, reader.id),
                "{} {path} cut to {length} bytes",
                reader.id
            );
        }
    }
}

/// Line formats have no length of their own: a cut at the end of a line can only be seen when a record lacks a field.
fn ends_a_line(bytes: &[u8], length: usize, reader: &str) -> bool {
    reader != "deb/chisel" && bytes[..length].ends_with(b"\n")
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in r#"([A-Za-z%:=#"'\\ ./@-]{0,12}\n?){0,20}"#) {
        for reader in readers() {
            for pattern in reader.wants.paths {
                let path = pattern.replace("**/", "").replace('*', "x");
                let _ = read(reader, &Tree::new(), &path, &text);
            }
        }
    }
}

#[test]
fn patterns_match_as_the_core_has_them() {
    for (pattern, path, is_match) in [
        ("a/b", "a/b", true),
        ("a/*", "a/b/c", false),
        ("a/*.x", "a/b.x", true),
        ("**/a/*.x", "a/b.x", true),
        ("**/a/*.x", "d/e/a/b.x", true),
        ("**/a/*.x", "d/ea/b.x", false),
    ] {
        assert_eq!(crate::tree::matches(pattern, path), is_match, "{pattern} {path}");
    }
}
