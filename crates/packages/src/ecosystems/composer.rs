//! PHP packages that Composer installed or locked: <https://getcomposer.org/doc/04-schema.md>.
//!
//! Owns the row, `composer.lock`, and `installed.json`, which says the same of what is there. PEAR's packages are in
//! `pear`.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Dependency, Facts, Input, Malformed, Origin, Package, Presence, Reader, Wants};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::document::{self, Loose};
use crate::language::{LANGUAGE, lower_case};
use crate::lines::{Complaints, MOST_PACKAGES};
use crate::{Ecosystem, paths, versions};

pub(super) const COMPOSER: Ecosystem = Ecosystem {
    id: "composer",
    about: "PHP packages that Composer installed or locked",
    readers: &[
        Reader {
            id: "composer/installed",
            version: 2,
            // Any name may stand for `vendor`.
            wants: Wants::local(&["**/composer/installed.json"]),
            presence: Presence::Installed,
            read: read_installed,
        },
        Reader {
            id: "composer/lock",
            version: 2,
            // What is direct stands in the manifest alone.
            wants: Wants { with: &["composer.json"], ..Wants::local(&["**/composer.lock"]) },
            presence: Presence::Locked,
            read: read_lock,
        },
    ],
    normal_name: lower_case,
    compare: versions::composer::compare,
    satisfies: versions::composer::satisfies,
    ..LANGUAGE
};

/// Version 2 has an object, version 1 had the bare list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Installed {
    Listed(Vec<Entry>),
    Told(Told),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Told {
    packages: Vec<Entry>,
    #[serde(default)]
    dev_package_names: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Lock {
    packages: Vec<Entry>,
    packages_dev: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    #[serde(default)]
    dist: Loose<Distribution>,
    #[serde(default)]
    license: Loose<Vec<String>>,
    #[serde(default)]
    abandoned: Loose<Abandoned>,
    /// An empty one is written as a list.
    #[serde(default)]
    require: Loose<BTreeMap<String, String>>,
}

/// Whether its makers gave it up, or what they say replaces it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Abandoned {
    Plainly(bool),
    For(String),
}

#[derive(Deserialize)]
struct Distribution {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
struct Manifest {
    require: Loose<BTreeMap<String, IgnoredAny>>,
    require_dev: Loose<BTreeMap<String, IgnoredAny>>,
}

fn read_installed(input: &Input<'_>) -> Result<Facts, Malformed> {
    // A tree that a package tests itself on.
    if input.file.path.split_once("vendor/").is_some_and(|(_, below)| paths::is_test_data(below)) {
        return Ok(Facts::default());
    }
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let (entries, development) = match document::json(&bytes)? {
        Installed::Listed(entries) => (entries, BTreeSet::new()),
        Installed::Told(Told { packages, dev_package_names }) => (packages, dev_package_names),
    };
    let mut packages = Packages::default();
    for entry in entries {
        let is_development = development.contains(&entry.name);
        packages.take(entry, is_development);
    }
    packages.finish()
}

fn read_lock(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let lock: Lock = document::json(&bytes)?;
    let mut packages = Packages::default();
    lock.packages.into_iter().for_each(|entry| packages.take(entry, false));
    lock.packages_dev.into_iter().flatten().for_each(|entry| packages.take(entry, true));
    let manifest = input.with.first().and_then(|file| {
        let bytes = document::bytes(file.content, document::MOST_BYTES).ok()?;
        document::json::<Manifest>(&bytes).ok()
    });
    if let Some(Manifest { require, require_dev }) = manifest {
        let asked = [require, require_dev].into_iter().filter_map(|needs| needs.0).flatten();
        let asked: BTreeSet<String> = asked.map(|(name, _)| name.to_lowercase()).collect();
        packages.list.iter_mut().for_each(|package| package.direct = asked.contains(&package.name.to_lowercase()));
    }
    packages.finish()
}

/// Packages of one file, and what is wrong with them.
#[derive(Default)]
struct Packages {
    list: Vec<Package>,
    complaints: Complaints,
}

impl Packages {
    fn take(&mut self, entry: Entry, is_development: bool) {
        let Entry { name, version, .. } = &entry;
        if !is_name(name) || version.is_empty() {
            return self.complaints.push(format!("{name:?} {version:?} are no name and version of a package"));
        }
        if self.list.len() >= MOST_PACKAGES {
            return self.complaints.push(format!("more than {MOST_PACKAGES} packages; not read"));
        }
        let mut package = Package::new("composer", entry.name, entry.version);
        package.development = is_development;
        package.licence = entry.license.0.unwrap_or_default().join(" OR ");
        package.deprecated = match entry.abandoned.0 {
            Some(Abandoned::For(other)) if !other.is_empty() => format!("abandoned; use {other} instead"),
            Some(Abandoned::Plainly(true)) => "abandoned".into(),
            _ => String::new(),
        };
        if entry.dist.0.is_some_and(|dist| dist.kind == "path") {
            package.origin = Origin::ThirdParty;
        }
        // `php`, `ext-json`, `composer-plugin-api` are no packages.
        let needs = entry.require.0.into_iter().flatten().filter(|(name, _)| name.contains('/'));
        package.depends_on =
            needs.map(|(name, requirement)| Dependency { name, requirement, ..Dependency::default() }).collect();
        self.list.push(package);
    }

    fn finish(self) -> Result<Facts, Malformed> {
        self.complaints.settle(Facts { packages: self.list, ..Facts::default() })
    }
}

/// `vendor/name`.
fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphanumeric())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    name.split_once('/').is_some_and(|(vendor, name)| is_part(vendor) && is_part(name))
}
