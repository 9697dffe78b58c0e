//! Ports of vcpkg, for C and C++: <https://learn.microsoft.com/vcpkg>.
//!
//! Owns the row, the database of an installation, and what a manifest pins. Nobody publishes advisories by the names of
//! ports.

use std::collections::BTreeMap;

use plimsoll_model::{Facts, Input, Malformed, Package, Presence, Reader, Wants};
use serde::Deserialize;

use crate::control::{self, Stanza};
use crate::language::LANGUAGE;
use crate::lines::{Complaints, MOST_PACKAGES};
use crate::{Ecosystem, document, versions};

pub(super) const VCPKG: Ecosystem = Ecosystem {
    id: "vcpkg",
    about: "Libraries of C and C++ that vcpkg installed, or whose version a manifest pins. Nobody publishes advisories by \
            their names",
    readers: &[
        Reader {
            id: "vcpkg/status",
            version: 1,
            // The database is brought up to date when vcpkg runs the next time: until then the newest of it is beside it.
            wants: Wants { with: &["updates/*"], ..Wants::local(&["**/vcpkg/status"]) },
            presence: Presence::Installed,
            read: read_status,
        },
        Reader {
            id: "vcpkg/manifest",
            version: 1,
            wants: Wants::local(&["**/vcpkg.json"]),
            presence: Presence::Declared,
            read: read_manifest,
        },
    ],
    compare: versions::generic::compare,
    satisfies: versions::generic::satisfies,
    advisory_spaces: |_, _| Vec::new(),
    ..LANGUAGE
};

const FIELDS: &[&str] = &["Package", "Feature", "Version", "Architecture", "Status", "Depends"];

/// By port and triplet. The stanzas of features add what these need; they have no version.
type Ports = BTreeMap<(String, String), Package>;

fn read_status(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let mut ports = Ports::new();
    for file in std::iter::once(&input.file).chain(input.with) {
        control::stanzas(file.content, FIELDS, &mut complaints, |complaints, stanza| {
            if let Err(complaint) = take(&mut ports, stanza) {
                complaints.push(format!("line {}: {complaint}", stanza.line));
            }
        })?;
    }
    let packages = ports.into_values().map(|mut package| {
        package.depends_on.sort_unstable();
        package.depends_on.dedup();
        package
    });
    complaints.settle(Facts { packages: packages.collect(), ..Facts::default() })
}

fn take(ports: &mut Ports, stanza: &Stanza) -> Result<(), String> {
    let (name, version, feature) = (stanza.get("Package"), stanza.get("Version"), stanza.get("Feature"));
    let key = (name.to_owned(), stanza.get("Architecture").to_owned());
    if name.is_empty() {
        return Err("a port without a name".into());
    }
    if !stanza.get("Status").ends_with(" installed") {
        if feature.is_empty() {
            ports.remove(&key);
        }
        return Ok(());
    }
    if feature.is_empty() && version.is_empty() {
        return Err(format!("port {name} has no version"));
    }
    if ports.len() >= MOST_PACKAGES {
        return Err(format!("more than {MOST_PACKAGES} packages; not read"));
    }
    let mut needs = Vec::new();
    control::dependencies(stanza.get("Depends"), &mut needs);
    // Features stand in brackets, with commas between them.
    needs.retain(|need| !need.name.ends_with(']') && need.name != name);
    if feature.is_empty() {
        ports.insert(key, Package { depends_on: needs, ..Package::new("vcpkg", name, version) });
    } else if let Some(port) = ports.get_mut(&key) {
        port.depends_on.extend(needs);
    }
    Ok(())
}

/// Only overrides name an exact version: <https://learn.microsoft.com/vcpkg/reference/vcpkg-json#overrides>.
#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    dependencies: Vec<Asked>,
    #[serde(default)]
    overrides: Vec<Override>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Asked {
    Name(String),
    Object { name: String },
}

#[derive(Deserialize)]
struct Override {
    name: String,
    #[serde(alias = "version-semver", alias = "version-date", alias = "version-string", default)]
    version: String,
}

fn read_manifest(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let manifest: Manifest = document::json(&bytes)?;
    let asked = |name: &str| {
        manifest
            .dependencies
            .iter()
            .any(|asked| matches!(asked, Asked::Name(text) | Asked::Object { name: text } if text == name))
    };
    let pinned = manifest.overrides.iter().filter(|pin| !pin.name.is_empty() && !pin.version.is_empty());
    let packages = pinned.take(MOST_PACKAGES).map(|pin| {
        // A port's version may carry the number of its recipe: `1.2.13#1`.
        let version = pin.version.split('#').next().unwrap_or_default();
        Package { direct: asked(&pin.name), ..Package::new("vcpkg", &*pin.name, version) }
    });
    Ok(Facts { packages: packages.collect(), ..Facts::default() })
}
