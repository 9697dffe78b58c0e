//! Packages of R, as `install.packages` leaves them and renv locks them:
//! "Writing R Extensions", section 1.1.1.
//!
//! Owns their row, the description of an installed package, and renv's lock file. Packages that R itself consists of
//! (`Priority: base`) are no packages of CRAN: they have R's version.

use std::collections::BTreeMap;

use plimsoll_model::{Dependency, Facts, Input, Malformed, Origin, Package, Presence, Reader, Wants};
use serde::Deserialize;

use crate::control::{self, Stanza};
use crate::document;
use crate::language::LANGUAGE;
use crate::lines::{Complaints, MOST_PACKAGES};
use crate::{Ecosystem, paths, versions};

pub(super) const CRAN: Ecosystem = Ecosystem {
    id: "cran",
    about: "Packages of R: installed in any library, and locked by renv",
    readers: &[
        Reader {
            id: "cran/installed",
            version: 1,
            wants: Wants::local(&["**/DESCRIPTION"]),
            presence: Presence::Installed,
            read,
        },
        Reader {
            id: "cran/renv",
            version: 1,
            wants: Wants::local(&["**/renv.lock"]),
            presence: Presence::Locked,
            read: read_lock,
        },
    ],
    compare: versions::cran::compare,
    satisfies: versions::cran::satisfies,
    ..LANGUAGE
};

/// Bytes of one description; real ones have some kilobytes.
const MOST_BYTES: u64 = 1 << 20;

const FIELDS: &[&str] = &[
    "Package",
    "Version",
    "Built",
    "Priority",
    "License",
    "Maintainer",
    "Repository",
    "RemoteType",
    "biocViews",
    "Depends",
    "Imports",
    "LinkingTo",
];

/// Only R's installer writes `Built`: sources of packages, and prose that is called DESCRIPTION, have none.
fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, MOST_BYTES)?;
    let has = |field: &[u8]| memchr::memmem::find(&bytes, field).is_some();
    if paths::is_test_data(input.file.path) || !has(b"Package:") || !has(b"\nBuilt:") {
        return Ok(Facts::default());
    }
    control::packages(&&*bytes, FIELDS, Complaints::default(), package)
}

fn package(stanza: &Stanza) -> Result<Option<Package>, String> {
    let (name, version) = (stanza.get("Package"), stanza.get("Version"));
    if stanza.get("Built").is_empty() || stanza.get("Priority") == "base" {
        return Ok(None);
    }
    if name.is_empty() || version.is_empty() {
        return Err(format!("needs Package and Version, not {name:?} {version:?}"));
    }
    let mut package = Package::new("cran", name, version);
    stanza.get("License").clone_into(&mut package.licence);
    stanza.get("Maintainer").clone_into(&mut package.maintainer);
    let repository = if stanza.get("biocViews").is_empty() { stanza.get("Repository") } else { "Bioconductor" };
    package.origin = origin(stanza.get("RemoteType"), repository);
    for field in ["Depends", "Imports", "LinkingTo"] {
        package.depends_on.extend(stanza.get(field).split(',').filter_map(need));
    }
    package.depends_on.sort_unstable();
    package.depends_on.dedup();
    Ok(Some(package))
}

/// CRAN's advisories speak about what comes from CRAN, or from a mirror of it that has a name of its own; not about
/// Bioconductor, or what was installed from a repository of sources.
fn origin(remote: &str, repository: &str) -> Origin {
    let is_registry = matches!(remote.to_ascii_lowercase().as_str(), "" | "standard" | "cran" | "repository");
    if is_registry && !repository.starts_with("Bioconductor") { Origin::Unknown } else { Origin::ThirdParty }
}

/// `name (>= 1.2)`; `R` itself is no package.
fn need(text: &str) -> Option<Dependency> {
    let (name, range) = text.split_once('(').unwrap_or((text, ""));
    let requirement = range.trim().trim_end_matches(')').trim_end().to_owned();
    let name = name.trim().to_owned();
    (!name.is_empty() && name != "R").then_some(Dependency { name, version: String::new(), requirement })
}

#[derive(Deserialize)]
struct Lock {
    #[serde(default, rename = "Packages")]
    packages: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Locked {
    #[serde(default)]
    package: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    repository: String,
    /// Names, up to renv 1.0.
    #[serde(default)]
    requirements: document::Loose<Vec<String>>,
    /// As in the description, later.
    #[serde(default)]
    depends: document::Loose<Vec<String>>,
    #[serde(default)]
    imports: document::Loose<Vec<String>>,
    #[serde(default)]
    linking_to: document::Loose<Vec<String>>,
}

fn read_lock(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let lock: Lock = document::json(&bytes)?;
    let mut complaints = Complaints::default();
    let mut facts = Facts::default();
    for (key, locked) in lock.packages {
        if facts.packages.len() >= MOST_PACKAGES {
            complaints.push(format!("more than {MOST_PACKAGES} packages; the rest was not read"));
            break;
        }
        if locked.package.is_empty() || locked.version.is_empty() {
            complaints.push(format!("{key:?} needs Package and Version"));
            continue;
        }
        let needs = [locked.requirements.0, locked.depends.0, locked.imports.0, locked.linking_to.0];
        let mut depends_on: Vec<_> = needs.into_iter().flatten().flatten().filter_map(|text| need(&text)).collect();
        depends_on.sort_unstable();
        depends_on.dedup();
        let origin =
            origin(&locked.source, if locked.source == "Bioconductor" { &locked.source } else { &locked.repository });
        facts.packages.push(Package { origin, depends_on, ..Package::new("cran", locked.package, locked.version) });
    }
    complaints.settle(facts)
}
