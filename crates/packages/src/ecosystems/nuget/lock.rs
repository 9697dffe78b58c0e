//! What restoring a project chose: `packages.lock.json`
//! (<https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files#locking-dependencies>) and
//! `obj/project.assets.json`.
//!
//! Owns the two readers.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Dependency, Facts, Input, Malformed, Package};
use serde::Deserialize;

use super::{dependencies, package};
use crate::document;
use crate::lines::MOST_PACKAGES;

#[derive(Deserialize)]
struct Lock {
    /// By framework, some with a platform: `net8.0/linux-x64`.
    #[serde(default)]
    dependencies: BTreeMap<String, BTreeMap<String, Locked>>,
}

#[derive(Deserialize)]
struct Locked {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    resolved: String,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let lock: Lock = document::json(&bytes)?;
    let mut packages = Packages::default();
    for framework in lock.dependencies.values() {
        // What projects of the same solution ask for is asked for by the developers as well.
        let projects = framework.values().filter(|entry| entry.kind == "Project");
        let named: BTreeSet<&str> = projects.flat_map(|entry| entry.dependencies.keys().map(String::as_str)).collect();
        for (name, entry) in framework.iter().filter(|(_, entry)| entry.kind != "Project") {
            let mut needs = dependencies(entry.dependencies.keys().map(String::as_str));
            for need in &mut needs {
                need.version = framework.get(&need.name).map(|entry| entry.resolved.clone()).unwrap_or_default();
            }
            packages.add(name, &entry.resolved, entry.kind == "Direct" || named.contains(name.as_str()), needs)?;
        }
    }
    Ok(packages.finish())
}

/// A package is listed once for each framework; the lists are one package.
#[derive(Default)]
struct Packages {
    by_name: BTreeMap<(String, String), Package>,
    malformed: Vec<String>,
}

impl Packages {
    fn add(&mut self, name: &str, version: &str, direct: bool, needs: Vec<Dependency>) -> Result<(), Malformed> {
        if self.by_name.len() >= MOST_PACKAGES {
            return Err(Malformed(format!("more than {MOST_PACKAGES} packages; not read")));
        }
        let Some(found) = package(name, version) else {
            self.malformed.push(format!("{name:?} has no version"));
            return Ok(());
        };
        let known = self.by_name.entry((name.to_owned(), version.to_owned())).or_insert(found);
        known.direct |= direct;
        known.depends_on.extend(needs);
        known.depends_on.sort_unstable();
        known.depends_on.dedup();
        Ok(())
    }

    fn finish(self) -> Facts {
        Facts { packages: self.by_name.into_values().collect(), malformed: self.malformed, ..Facts::default() }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assets {
    #[serde(default)]
    targets: BTreeMap<String, BTreeMap<String, Asset>>,
    /// By framework: `Newtonsoft.Json >= 13.0.1`.
    #[serde(default)]
    project_file_dependency_groups: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Asset {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
}

pub(super) fn read_assets(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let assets: Assets = document::json(&bytes)?;
    let asked = assets.project_file_dependency_groups.values().flatten();
    let mut named: BTreeSet<&str> = asked.filter_map(|text| text.split_ascii_whitespace().next()).collect();
    let mut packages = Packages::default();
    for target in assets.targets.values() {
        let projects = target.values().filter(|asset| asset.kind == "project");
        named.extend(projects.flat_map(|asset| asset.dependencies.keys().map(String::as_str)));
        let chosen: BTreeMap<&str, &str> = target.keys().filter_map(|key| key.split_once('/')).collect();
        for (key, asset) in target.iter().filter(|(_, asset)| asset.kind == "package") {
            let (name, version) = key.split_once('/').unwrap_or((key, ""));
            let mut needs = dependencies(asset.dependencies.keys().map(String::as_str));
            for need in &mut needs {
                chosen.get(need.name.as_str()).copied().unwrap_or_default().clone_into(&mut need.version);
            }
            packages.add(name, version, named.contains(name), needs)?;
        }
    }
    Ok(packages.finish())
}
