//! npm's lock files, `package-lock.json` and `npm-shrinkwrap.json` of all three versions, and the one that it hides in
//! `node_modules`: <https://docs.npmjs.com/cli/configuring-npm/package-lock-json>.
//!
//! Owns these formats. A lock file is a picture of the folders: which package a need means follows from where it lies.

use std::collections::{BTreeMap, HashMap};

use plimsoll_model::{Facts, Input, Malformed, Package};
use serde::Deserialize;

use super::graph::Graph;
use super::{is_name, is_version, origin, split_specifier};
use crate::document::{self, Loose};
use crate::lines::{Complaints, MOST_PACKAGES};

pub(super) const PATHS: &[&str] =
    &["**/package-lock.json", "**/npm-shrinkwrap.json", "**/node_modules/.package-lock.json"];

type Needs = BTreeMap<String, Loose<String>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lock {
    lockfile_version: Option<u32>,
    /// Since version 2: by folder.
    packages: Option<BTreeMap<String, Entry>>,
    /// Versions 1 and 2: a tree of names.
    dependencies: Option<BTreeMap<String, Old>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    name: Option<String>,
    version: Option<String>,
    resolved: Loose<String>,
    link: bool,
    dev: bool,
    license: Loose<String>,
    dependencies: Loose<Needs>,
    optional_dependencies: Loose<Needs>,
    peer_dependencies: Loose<Needs>,
    dev_dependencies: Loose<Needs>,
}

#[derive(Deserialize)]
struct Old {
    version: Option<String>,
    #[serde(default)]
    resolved: Loose<String>,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    requires: Loose<Needs>,
    #[serde(default)]
    dependencies: BTreeMap<String, Old>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let lock: Lock = document::json(&bytes)?;
    let mut tree = Tree::default();
    match lock {
        Lock { packages: Some(packages), .. } => {
            packages.into_iter().for_each(|(folder, entry)| tree.take(folder, entry));
        }
        Lock { dependencies: Some(dependencies), .. } => {
            tree.take_old("", dependencies);
        }
        // A project without any needs.
        Lock { lockfile_version: Some(_), .. } => {}
        _ => return Err(Malformed("has no lockfileVersion, packages or dependencies".into())),
    }
    tree.finish()
}

/// The folders of a lock file, with what lies in them.
#[derive(Default)]
struct Tree {
    graph: Graph,
    /// Number of the package in a folder.
    folders: HashMap<String, usize>,
    /// What the package in a folder needs.
    needs: Vec<(String, Needs)>,
    /// What the project in a folder needs for development.
    development: Vec<(String, Needs)>,
    complaints: Complaints,
}

impl Tree {
    /// What lies in one folder. Those outside `node_modules` are the project and its workspaces, to which links lead.
    fn take(&mut self, folder: String, entry: Entry) {
        if entry.link {
            return;
        }
        let Entry { dependencies, optional_dependencies, peer_dependencies, dev_dependencies, .. } = &entry;
        let own = [dependencies, optional_dependencies, peer_dependencies].map(|needs| needs.0.clone());
        let own: Needs = own.into_iter().flatten().flatten().collect();
        let Some((_, name)) = folder.rsplit_once("node_modules/") else {
            self.development.push((folder.clone(), dev_dependencies.0.clone().unwrap_or_default()));
            self.needs.push((folder, own));
            return;
        };
        let name = entry.name.as_deref().unwrap_or(name);
        let resolved = entry.resolved.0.unwrap_or_default();
        if let Some(mut package) = self.package(name, entry.version.as_deref(), &resolved) {
            package.development = entry.dev;
            package.licence = entry.license.0.unwrap_or_default();
            self.add(folder, package, own);
        }
    }

    /// Nested as deep as the parser of JSON lets it be.
    fn take_old(&mut self, above: &str, dependencies: BTreeMap<String, Old>) {
        for (name, entry) in dependencies {
            let folder =
                if above.is_empty() { format!("node_modules/{name}") } else { format!("{above}/node_modules/{name}") };
            self.take_old(&folder, entry.dependencies);
            let version = entry.version.unwrap_or_default();
            let (name, version, resolved) = match (version.strip_prefix("npm:"), entry.resolved.0) {
                (Some(real), resolved) => {
                    let (name, version) = split_specifier(real);
                    (name, version, resolved.unwrap_or_default())
                }
                (None, Some(resolved)) => (name.as_str(), version.as_str(), resolved),
                // What does not come from a registry has its address for a version.
                (None, None) => (name.as_str(), version.as_str(), version.clone()),
            };
            if !is_version(version) {
                continue;
            }
            if let Some(mut package) = self.package(name, Some(version), &resolved) {
                package.development = entry.dev;
                self.add(folder, package, entry.requires.0.unwrap_or_default());
            }
        }
    }

    fn package(&mut self, name: &str, version: Option<&str>, resolved: &str) -> Option<Package> {
        // Without a version it came from a folder, not from a registry.
        let version = version?;
        if !is_name(name) || !is_version(version) {
            self.complaints.push(format!("{name:?} {version:?} are no name and version"));
            return None;
        }
        if self.graph.len() >= MOST_PACKAGES {
            self.complaints.push(format!("more than {MOST_PACKAGES} packages; not read"));
            return None;
        }
        Some(Package { origin: origin(resolved), ..Package::new("npm", name, version) })
    }

    fn add(&mut self, folder: String, package: Package, needs: Needs) {
        let number = self.graph.add(package);
        self.folders.insert(folder.clone(), number);
        self.needs.push((folder, needs));
    }

    fn finish(mut self) -> Result<Facts, Malformed> {
        for (folder, needs) in &self.needs {
            for (name, requirement) in needs {
                let Some(needed) = self.find(folder, name) else { continue };
                match self.folders.get(folder) {
                    Some(package) => self.graph.need(*package, needed, requirement.0.as_deref().unwrap_or_default()),
                    None => self.graph.ask(needed, false),
                }
            }
        }
        for (folder, needs) in &self.development {
            for name in needs.keys() {
                if let Some(needed) = self.find(folder, name) {
                    self.graph.ask(needed, true);
                }
            }
        }
        self.complaints.settle(Facts { packages: self.graph.finish(), ..Facts::default() })
    }

    /// Node's own rule: `node_modules` beside what needs it, then in each folder above.
    fn find(&self, folder: &str, name: &str) -> Option<usize> {
        let mut at = Some(folder);
        while let Some(folder) = at {
            let candidate = match folder {
                "" => format!("node_modules/{name}"),
                folder => format!("{folder}/node_modules/{name}"),
            };
            if let Some(number) = self.folders.get(&candidate) {
                return Some(*number);
            }
            at = (!folder.is_empty()).then(|| above(folder));
        }
        None
    }
}

/// The folder in which the next `node_modules` may lie.
fn above(folder: &str) -> &str {
    match folder.rsplit_once('/') {
        Some((above, _)) => above.strip_suffix("/node_modules").unwrap_or(above),
        None => "",
    }
}
