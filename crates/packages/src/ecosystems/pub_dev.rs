//! Packages of Dart and Flutter: <https://dart.dev/tools/pub>.
//!
//! Owns the row, its lock file, and the manifests in pub's cache.

use std::borrow::Cow;
use std::collections::BTreeMap;

use plimsoll_model::{Dependency, Facts, Input, Malformed, Origin, Package, Presence, Reader, Wants};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::language::{self, LANGUAGE};
use crate::lines::{Complaints, MOST_PACKAGES};
use crate::{Ecosystem, document, versions};

pub(super) const PUB: Ecosystem = Ecosystem {
    id: "pub",
    about: "Packages of Dart and Flutter in pub's cache, and those that a lock file chooses; built programs do not name them",
    readers: &[
        Reader {
            id: "pub/cache",
            version: 1,
            wants: Wants::local(&["**/.pub-cache/hosted/*/*/pubspec.yaml"]),
            presence: Presence::Installed,
            read: read_cached,
        },
        Reader {
            id: "pub/lock",
            version: 1,
            wants: Wants::local(&["**/pubspec.lock"]),
            presence: Presence::Locked,
            read,
        },
    ],
    normal_name: language::lower_case,
    compare: versions::dart::compare,
    satisfies: versions::dart::satisfies,
    ..LANGUAGE
};

/// The public repository under its two names.
const PUBLIC: &[&str] = &["pub.dev", "pub.dartlang.org"];

#[derive(Deserialize)]
struct Lock<'a> {
    #[serde(default, borrow)]
    packages: BTreeMap<Cow<'a, str>, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    #[serde(default)]
    dependency: String,
    #[serde(default)]
    description: Description,
    #[serde(default)]
    source: String,
    #[serde(default)]
    version: String,
}

/// Of what the repository has: name and address. Of what comes with the kit the name alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Description {
    Source {
        #[serde(default)]
        url: String,
    },
    Name(String),
}

impl Default for Description {
    fn default() -> Self {
        Self::Name(String::new())
    }
}

fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let lock: Lock<'_> = document::yaml(&bytes)?;
    if lock.packages.len() > MOST_PACKAGES {
        return Err(Malformed(format!("more than {MOST_PACKAGES} packages; not read")));
    }
    let mut complaints = Complaints::default();
    let mut facts = Facts::default();
    for (name, locked) in &lock.packages {
        match locked.package(name) {
            Ok(package) => facts.packages.extend(package),
            Err(complaint) => complaints.push(complaint),
        }
    }
    complaints.settle(facts)
}

impl Locked {
    /// None for what is part of Dart's or Flutter's own kit: those have no versions of their own.
    fn package(&self, name: &str) -> Result<Option<Package>, String> {
        if self.source == "sdk" {
            return Ok(None);
        }
        if name.is_empty() || self.version.is_empty() {
            return Err(format!("package {name:?} has no version"));
        }
        let is_public = match &self.description {
            Description::Source { url } => self.source == "hosted" && PUBLIC.contains(&host(url)),
            // The first lock files had the name alone, and meant the one repository there was.
            Description::Name(name) => self.source == "hosted" && !name.is_empty(),
        };
        Ok(Some(Package {
            origin: if is_public { Origin::Unknown } else { Origin::ThirdParty },
            direct: self.dependency.starts_with("direct"),
            development: self.dependency == "direct dev",
            ..Package::new("pub", name, &*self.version)
        }))
    }
}

/// What a package in the cache says of itself.
#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    dependencies: Option<BTreeMap<String, IgnoredAny>>,
}

/// `.pub-cache/hosted/pub.dev/NAME-VERSION/pubspec.yaml`.
fn read_cached(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let manifest: Manifest = document::yaml(&bytes)?;
    let mut folders = input.file.path.rsplit('/').skip(1);
    let (folder, host) = (folders.next().unwrap_or_default(), folders.next().unwrap_or_default());
    if folder != format!("{}-{}", manifest.name, manifest.version) {
        return Err(Malformed(format!("names {:?} {:?}, unlike its folder", manifest.name, manifest.version)));
    }
    let origin = if PUBLIC.contains(&host) { Origin::Unknown } else { Origin::ThirdParty };
    let depends_on = manifest.dependencies.unwrap_or_default().into_keys().map(Dependency::named).collect();
    let package = Package { origin, depends_on, ..Package::new("pub", manifest.name, manifest.version) };
    Ok(Facts { packages: vec![package], ..Facts::default() })
}

/// `pub.dev` of `https://pub.dev/path`.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or_default()
}
