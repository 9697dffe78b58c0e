//! Packages of Julia: <https://pkgdocs.julialang.org/v1/toml-files/>.
//!
//! Owns their row, manifests of both formats, and what Pkg unpacks into a depot. What Julia itself brings (the standard
//! library) has no content of its own in a manifest and is left out: it is Julia's own version.

use std::collections::BTreeMap;

use plimsoll_model::{Dependency, Facts, Input, Malformed, Origin, Package, Presence, Reader, Wants};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::document::{self, Loose};
use crate::language::LANGUAGE;
use crate::lines::{Complaints, MOST_PACKAGES};
use crate::purl::Purl;
use crate::{Context, Ecosystem, versions};

pub(super) const JULIA: Ecosystem = Ecosystem {
    id: "julia",
    about: "Packages of Julia: unpacked in a depot, and chosen by a manifest",
    readers: &[
        Reader {
            id: "julia/depot",
            version: 1,
            wants: Wants::local(&["**/packages/*/*/Project.toml"]),
            presence: Presence::Installed,
            read: read_depot,
        },
        Reader {
            id: "julia/manifest",
            version: 1,
            wants: Wants {
                paths: &["**/Manifest.toml", "**/JuliaManifest.toml", "**/Manifest-v*.toml"],
                with: &["Project.toml", "JuliaProject.toml"],
                starts: &[],
                essential: false,
            },
            presence: Presence::Locked,
            read: read_manifest,
        },
    ],
    compare: versions::julia::compare,
    satisfies: versions::julia::satisfies,
    purl,
    ..LANGUAGE
};

/// As the reader wrote it, for only its file knows the package's UUID.
fn purl(package: &Package, _: &Context<'_>) -> String {
    if package.purl.is_empty() { url(&package.name, &package.version, "") } else { package.purl.clone() }
}

fn url(name: &str, version: &str, uuid: &str) -> String {
    Purl { kind: "julia", name, version, qualifiers: &[("uuid", uuid)], ..Purl::default() }.to_string()
}

fn package(name: &str, version: &str, uuid: &str) -> Package {
    Package { purl: url(name, version, uuid), ..Package::new("julia", name, version) }
}

#[derive(Deserialize)]
struct Project {
    #[serde(default)]
    name: Loose<String>,
    #[serde(default)]
    uuid: Loose<String>,
    #[serde(default)]
    version: Loose<String>,
    #[serde(default)]
    deps: BTreeMap<String, IgnoredAny>,
}

/// `packages/NAME/SLUG/Project.toml`, where NAME is the package's own.
fn read_depot(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let folder = input.file.path.rsplit('/').nth(2).unwrap_or_default();
    let project: Project = document::toml(&bytes)?;
    let (Some(name), Some(uuid), Some(version)) = (project.name.0, project.uuid.0, project.version.0) else {
        return Ok(Facts::default());
    };
    if name != folder {
        return Ok(Facts::default());
    }
    let depends_on = project.deps.into_keys().map(Dependency::named).collect();
    Ok(Facts { packages: vec![Package { depends_on, ..package(&name, &version, &uuid) }], ..Facts::default() })
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    deps: BTreeMap<String, Vec<Entry>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Entry {
    #[serde(default)]
    uuid: String,
    #[serde(default)]
    version: String,
    /// Names, or names with UUIDs where several packages have one name.
    #[serde(default)]
    deps: Needs,
    /// The tree that Pkg unpacks; the standard library and folders have none.
    #[serde(default)]
    git_tree_sha1: String,
    #[serde(default)]
    repo_url: String,
    #[serde(default)]
    path: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Needs {
    Names(Vec<String>),
    Identities(BTreeMap<String, IgnoredAny>),
}

impl Default for Needs {
    fn default() -> Self {
        Self::Names(Vec::new())
    }
}

/// Format 2 has its packages below `deps`; format 1 is such a table by itself.
fn read_manifest(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let is_julia = |text: &[u8]| memchr::memmem::find(&bytes, text).is_some();
    if !is_julia(b"git-tree-sha1") && !is_julia(b"manifest_format") {
        return Ok(Facts::default());
    }
    let entries = if is_julia(b"[[deps.") || is_julia(b"manifest_format") {
        document::toml::<Manifest>(&bytes)?.deps
    } else {
        document::toml(&bytes)?
    };
    let asked = asked(input);
    let mut complaints = Complaints::default();
    let mut facts = Facts::default();
    let all =
        entries.into_iter().flat_map(|(name, entries)| entries.into_iter().map(move |entry| (name.clone(), entry)));
    for (name, entry) in all.filter(|(_, entry)| !entry.git_tree_sha1.is_empty() || !entry.path.is_empty()) {
        if facts.packages.len() >= MOST_PACKAGES {
            complaints.push(format!("more than {MOST_PACKAGES} packages; the rest was not read"));
            break;
        }
        if entry.version.is_empty() {
            complaints.push(format!("{name} has no version"));
            continue;
        }
        let is_registered = entry.repo_url.is_empty() && entry.path.is_empty();
        let depends_on = match entry.deps {
            Needs::Names(names) => names.into_iter().map(Dependency::named).collect(),
            Needs::Identities(names) => names.into_keys().map(Dependency::named).collect(),
        };
        facts.packages.push(Package {
            origin: if is_registered { Origin::Unknown } else { Origin::ThirdParty },
            direct: asked.contains_key(&name),
            depends_on,
            ..package(&name, &entry.version, &entry.uuid)
        });
    }
    complaints.settle(facts)
}

/// What the project beside the manifest asks for. One that cannot be read leaves open what is asked for, no more.
fn asked(input: &Input<'_>) -> BTreeMap<String, IgnoredAny> {
    let project = input.with.first().and_then(|file| document::bytes(file.content, document::MOST_BYTES).ok());
    project.and_then(|bytes| document::toml::<Project>(&bytes).ok()).map(|project| project.deps).unwrap_or_default()
}
