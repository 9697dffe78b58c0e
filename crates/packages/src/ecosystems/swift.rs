//! Packages of Swift: <https://www.swift.org/documentation/package-manager>.
//!
//! Owns the row and its lock files, Carthage's among them, which names the same repositories. A package is a repository, and its name the repository's address, as advisories have
//! it: `github.com/apple/swift-nio`.

use std::borrow::Cow;

use plimsoll_model::{Facts, Input, Malformed, Origin, Package, Presence, Reader, Wants};
use serde::Deserialize;

use crate::language::{self, LANGUAGE};
use crate::lines::{self, Complaints, MOST_PACKAGES};
use crate::{Ecosystem, document, versions};

pub(super) const SWIFT: Ecosystem = Ecosystem {
    id: "swift",
    about: "Packages of Swift and Carthage that a lock file chooses; built programs do not name them",
    readers: &[
        Reader {
            id: "swift/resolved",
            version: 1,
            wants: Wants::local(&["**/Package.resolved", "**/.package.resolved"]),
            presence: Presence::Locked,
            read,
        },
        Reader {
            id: "swift/carthage",
            version: 1,
            wants: Wants::local(&["**/Cartfile.resolved"]),
            presence: Presence::Locked,
            read: read_carthage,
        },
    ],
    normal_name: language::lower_case,
    compare: versions::swift::compare,
    satisfies: versions::swift::satisfies,
    ..LANGUAGE
};

/// Of all three versions: the first has the pins inside an object, and other names for their parts.
#[derive(Deserialize)]
struct Resolved<'a> {
    #[serde(borrow, default)]
    pins: Vec<Pin<'a>>,
    #[serde(borrow, default)]
    object: Object<'a>,
}

#[derive(Deserialize, Default)]
struct Object<'a> {
    #[serde(borrow, default)]
    pins: Vec<Pin<'a>>,
}

#[derive(Deserialize)]
struct Pin<'a> {
    #[serde(borrow, default, alias = "package")]
    identity: Cow<'a, str>,
    #[serde(borrow, default)]
    kind: Cow<'a, str>,
    #[serde(borrow, default, alias = "repositoryURL")]
    location: Cow<'a, str>,
    state: State,
}

/// A release, or a commit alone.
#[derive(Deserialize)]
struct State {
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    revision: Option<String>,
}

fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let resolved: Resolved<'_> = document::json(&bytes)?;
    let mut complaints = Complaints::default();
    let mut facts = Facts::default();
    for pin in resolved.pins.iter().chain(&resolved.object.pins) {
        match pin.package() {
            Ok(Some(_)) if facts.packages.len() >= MOST_PACKAGES => {
                complaints.push(format!("more than {MOST_PACKAGES} packages; {} not read", pin.identity));
            }
            Ok(package) => facts.packages.extend(package),
            Err(complaint) => complaints.push(complaint),
        }
    }
    complaints.settle(facts)
}

impl Pin<'_> {
    /// None for a repository on the developers' own disk: it has no name that means anything elsewhere.
    fn package(&self) -> Result<Option<Package>, String> {
        let version = self.state.version.as_deref().or(self.state.revision.as_deref()).unwrap_or_default();
        if version.is_empty() {
            return Err(format!("pin {:?} has neither a version nor a revision", self.identity));
        }
        let repository = repository(&self.location);
        if repository.contains('/') {
            return Ok(Some(Package::new("swift", repository, version)));
        }
        // A package registry knows it by scope and name.
        let in_registry = self.identity.split_once('.').filter(|_| self.kind == "registry");
        Ok(in_registry.map(|(scope, name)| Package {
            origin: Origin::ThirdParty,
            ..Package::new("swift", format!("{scope}/{name}"), version)
        }))
    }
}

/// `github "owner/name" "1.2.3"` or `git "address" "1.2.3"`, a line each:
/// <https://github.com/Carthage/Carthage/blob/master/Documentation/Artifacts.md#cartfileresolved>. Built frameworks
/// (`binary`) come from anywhere, and have no repository to be called after.
fn read_carthage(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let mut facts = Facts::default();
    lines::walk(input.file.content, &mut complaints, |complaints, number, line| {
        let line = String::from_utf8_lossy(line);
        let mut parts = line.split('"');
        let (kind, place) = (parts.next().unwrap_or_default().trim(), parts.next().unwrap_or_default());
        let version = parts.nth(1).unwrap_or_default();
        let name = match kind {
            "" | "binary" => return,
            "github" if !place.contains("://") => format!("github.com/{place}"),
            _ => repository(place),
        };
        if name.is_empty() || version.is_empty() {
            complaints.push(format!("line {number}: {:?} names no repository and version", line.trim()));
        } else if facts.packages.len() < MOST_PACKAGES {
            facts.packages.push(Package::new("swift", name, version));
        } else {
            complaints.push(format!("line {number}: more than {MOST_PACKAGES} packages; not read"));
        }
    })?;
    complaints.settle(facts)
}

/// `github.com/owner/name` of `https://github.com/owner/name.git`, `git@github.com:owner/name` and their like; empty for
/// a place on a disk.
fn repository(location: &str) -> String {
    let (rest, has_scheme) = match location.split_once("://") {
        Some(("file", _)) => return String::new(),
        Some((_, rest)) => (rest, true),
        None => (location, false),
    };
    let (host, path) = match rest.split_once('/') {
        Some((host, path)) if has_scheme => (host, path),
        _ => rest.split_once(':').unwrap_or_default(),
    };
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    if host.is_empty() || path.is_empty() { String::new() } else { format!("{host}/{path}") }
}

#[cfg(test)]
mod tests {
    use super::repository;

    #[test]
    fn addresses_become_names() {
        for (location, name) in [
            ("https://github.com/apple/swift-nio.git", "github.com/apple/swift-nio"),
            ("https://user:word@GitHub.com:443/Apple/swift-nio/", "github.com/Apple/swift-nio"),
            ("git@github.com:apple/swift-nio.git", "github.com/apple/swift-nio"),
            ("ssh://git@example.org/a/b/c", "example.org/a/b/c"),
            ("/Users/x/project", ""),
            ("../project", ""),
            ("file:///x/y", ""),
            ("", ""),
        ] {
            assert_eq!(repository(location), name, "{location}");
        }
    }
}
