//! Locked environments: `conda-lock.yml` (<https://conda.github.io/conda-lock/>), `pixi.lock`
//! (<https://pixi.sh/latest/workspace/lockfile/>), and lists of addresses (`conda list --explicit`).
//!
//! Owns the formats. Each lists the packages of several systems; one that all have is one package.

use std::collections::BTreeMap;

use plimsoll_model::{Dependency, Facts, Input, Malformed, Origin, Package};
use serde::Deserialize;

use super::{Build, meta};
use crate::document;
use crate::lines::{self, Complaints, MOST_PACKAGES};

#[derive(Deserialize)]
struct File {
    /// conda-lock's.
    #[serde(default)]
    package: Vec<Locked>,
    /// pixi's.
    #[serde(default)]
    packages: Vec<Pixi>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    manager: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
}

/// Versions 4 and 5 of the format have a `kind` and a `url`, later ones the address under the kind's name.
#[derive(Deserialize)]
struct Pixi {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    url: String,
    conda: Option<String>,
    pypi: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    depends: Vec<String>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let file: File = document::yaml(&bytes)?;
    let mut complaints = Complaints::default();
    let mut packages = Vec::new();
    let found = file.package.into_iter().map(locked).chain(file.packages.into_iter().map(pixi));
    for package in found.take(MOST_PACKAGES) {
        match package {
            Ok(package) => packages.push(package),
            Err(complaint) => complaints.push(complaint),
        }
    }
    complaints.settle(Facts { packages, ..Facts::default() })
}

fn locked(entry: Locked) -> Result<Package, String> {
    let package = if entry.manager == "pip" { python(&entry.name, &entry.version) } else { conda(&entry.url) };
    let complaint = || format!("{} {:?} is no package of {:?}", entry.name, entry.version, entry.url);
    let package = package.ok_or_else(complaint)?;
    let needs = entry.dependencies.into_iter().filter(|(name, _)| !name.starts_with("__"));
    let depends_on = needs.map(|(name, requirement)| Dependency { requirement, ..Dependency::named(name) }).collect();
    Ok(Package { development: entry.category == "dev", depends_on, ..package })
}

fn pixi(entry: Pixi) -> Result<Package, String> {
    let is_conda = entry.conda.is_some() || entry.kind == "conda";
    let address = entry.conda.or(entry.pypi).unwrap_or(entry.url);
    let package = if is_conda { conda(&address) } else { python(&entry.name, &entry.version) };
    let package =
        package.ok_or_else(|| format!("{:?} {:?} is no package of {address:?}", entry.name, entry.version))?;
    let mut depends_on: Vec<Dependency> = entry.depends.iter().filter_map(|text| meta::need(text)).collect();
    depends_on.sort_unstable();
    // A path is the project itself, or another one beside it.
    let origin = if address.starts_with('.') { Origin::ThirdParty } else { Origin::Unknown };
    Ok(Package { origin, depends_on, ..package })
}

fn conda(address: &str) -> Option<Package> {
    Build::of_address(address)?.package()
}

fn python(name: &str, version: &str) -> Option<Package> {
    crate::ecosystems::pypi::pinned(&format!("{name}=={version}"))
}

/// `@EXPLICIT`, then an address a line.
pub(super) fn read_explicit(input: &Input<'_>) -> Result<Facts, Malformed> {
    let (mut packages, mut complaints, mut is_one) = (Vec::new(), Complaints::default(), false);
    lines::walk(input.file.content, &mut complaints, |complaints, number, line| {
        let line = lines::text(line);
        is_one |= line == "@EXPLICIT";
        if !is_one || line.is_empty() || line.starts_with(['@', '#']) {
            return;
        }
        match conda(&line) {
            Some(_) if packages.len() >= MOST_PACKAGES => {
                complaints.push(format!("line {number}: more than {MOST_PACKAGES} packages; not read"));
            }
            Some(package) => packages.push(package),
            None => complaints.push(format!("line {number}: {line:?} is no package of a channel")),
        }
    })?;
    complaints.settle(Facts { packages, ..Facts::default() })
}
