//! `Cargo.lock`, in all its versions: <https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html>.
//!
//! Owns its reading. The file does not tell what is only built or tested with; nothing is marked so.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use plimsoll_model::{Dependency, Facts, Input, Malformed, Package};
use serde::Deserialize;

use super::origin;
use crate::document;
use crate::lines::{Complaints, MOST_PACKAGES};

#[derive(Deserialize)]
struct Lock<'a> {
    #[serde(default, borrow)]
    package: Vec<Locked<'a>>,
    /// What a file of the first version has instead of the project among the others.
    #[serde(default, borrow)]
    root: Option<Locked<'a>>,
}

#[derive(Deserialize)]
struct Locked<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
    #[serde(default, borrow)]
    source: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    dependencies: Vec<Cow<'a, str>>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let lock: Lock<'_> = document::toml(&bytes)?;
    let mut complaints = Complaints::default();
    if lock.package.len() > MOST_PACKAGES {
        complaints.push(format!("more than {MOST_PACKAGES} crates; the rest was not read"));
    }
    let crates: Vec<&Locked<'_>> = lock.package.iter().chain(&lock.root).take(MOST_PACKAGES).collect();
    let versions = versions(&crates);
    let needed: Vec<Vec<Dependency>> = crates.iter().map(|package| dependencies(package, &versions)).collect();
    // Crates in folders are the project's own. Those that none of them needs are what is built.
    let own = || crates.iter().zip(&needed).filter(|(package, _)| package.source.is_none());
    let direct: HashSet<&Dependency> = own().flat_map(|(_, needed)| needed).collect();
    let inner: HashSet<&str> = needed.iter().flatten().map(|dependency| dependency.name.as_str()).collect();
    let packages =
        crates.iter().zip(&needed).filter(|(package, _)| package.source.is_some() || inner.contains(&*package.name));
    let packages = packages.map(|(package, needed)| Package {
        origin: origin(package.source.as_deref().is_some_and(is_public)),
        direct: direct.contains(&chosen(package)),
        depends_on: needed.clone(),
        ..Package::new("cargo", &*package.name, &*package.version)
    });
    complaints.settle(Facts { packages: packages.collect(), ..Facts::default() })
}

/// Where crates.io's index is, by Git and by HTTP.
fn is_public(source: &str) -> bool {
    source == "registry+https://github.com/rust-lang/crates.io-index" || source == "sparse+https://index.crates.io/"
}

fn chosen(package: &Locked<'_>) -> Dependency {
    Dependency { name: package.name.to_string(), version: package.version.to_string(), ..Dependency::default() }
}

fn versions<'l>(crates: &[&'l Locked<'_>]) -> BTreeMap<&'l str, Vec<&'l str>> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in crates {
        versions.entry(&package.name).or_default().push(&package.version);
    }
    versions
}

/// `name`, `name version` or `name version (source)`; the version is left out where there is only one.
fn dependencies(package: &Locked<'_>, versions: &BTreeMap<&str, Vec<&str>>) -> Vec<Dependency> {
    let dependency = |text: &Cow<'_, str>| {
        let mut words = text.split(' ');
        let name = words.next().unwrap_or_default();
        let only = || match versions.get(name).map(Vec::as_slice) {
            Some([only]) => Some(*only),
            _ => None,
        };
        let version = words.next().or_else(only).unwrap_or_default();
        Dependency { name: name.to_owned(), version: version.to_owned(), ..Dependency::default() }
    };
    let mut dependencies: Vec<Dependency> = package.dependencies.iter().map(dependency).collect();
    dependencies.sort_unstable();
    dependencies.dedup();
    dependencies
}
