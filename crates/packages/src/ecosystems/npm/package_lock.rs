//! npm's lock files, `package-lock.json` and `npm-shrinkwrap.json` of all three versions, and the one that it hides in
//! `node_modules`: <https://docs.npmjs.com/cli/configuring-npm/package-lock-json>.
//!
//! Owns these formats.

use std::collections::BTreeMap;

use plimsoll_model::{Facts, Input, Malformed, Package};
use serde::Deserialize;

use super::tree::{Needs, Tree};
use super::{is_version, origin, split_specifier};
use crate::document::{self, Loose};

pub(super) const PATHS: &[&str] =
    &["**/package-lock.json", "**/npm-shrinkwrap.json", "**/node_modules/.package-lock.json"];

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
    deprecated: Loose<String>,
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
    let mut tree = Tree::default();
    match document::json(&bytes)? {
        Lock { packages: Some(packages), .. } => {
            packages.into_iter().for_each(|(folder, entry)| take(&mut tree, folder, entry));
        }
        Lock { dependencies: Some(dependencies), .. } => take_old(&mut tree, "", dependencies),
        // A project without any needs.
        Lock { lockfile_version: Some(_), .. } => {}
        _ => return Err(Malformed("has no lockfileVersion, packages or dependencies".into())),
    }
    tree.finish()
}

/// What lies in one folder. Those outside `node_modules` are the project and its workspaces, to which links lead; those
/// without a version came from a folder, not from a registry.
fn take(tree: &mut Tree, folder: String, entry: Entry) {
    let Entry { dependencies, optional_dependencies, peer_dependencies, dev_dependencies, .. } = entry;
    let needs = [peer_dependencies.0, optional_dependencies.0, dependencies.0];
    let needs: Needs = needs.into_iter().flatten().flatten().collect();
    let Some((_, name)) = folder.rsplit_once("node_modules/") else {
        return tree.project(folder, needs, dev_dependencies.0.unwrap_or_default());
    };
    let (false, Some(version)) = (entry.link, entry.version) else { return };
    let mut package = Package::new("npm", entry.name.as_deref().unwrap_or(name), version);
    package.origin = origin(entry.resolved.0.as_deref().unwrap_or_default());
    package.development = entry.dev;
    package.licence = entry.license.0.unwrap_or_default();
    package.deprecated = entry.deprecated.0.unwrap_or_default();
    tree.add(folder, package, needs);
}

/// Nested as deep as the parser of JSON lets it be.
fn take_old(tree: &mut Tree, above: &str, dependencies: BTreeMap<String, Old>) {
    for (name, entry) in dependencies {
        let folder =
            if above.is_empty() { format!("node_modules/{name}") } else { format!("{above}/node_modules/{name}") };
        take_old(tree, &folder, entry.dependencies);
        let version = entry.version.unwrap_or_default();
        let (name, version) = version.strip_prefix("npm:").map_or((name.as_str(), version.as_str()), split_specifier);
        // What does not come from a registry has its address for a version, and nothing tells which version that is.
        if version.contains([':', '/']) && !is_version(version) {
            continue;
        }
        let mut package = Package::new("npm", name, version);
        package.origin = origin(entry.resolved.0.as_deref().unwrap_or_default());
        package.development = entry.dev;
        tree.add(folder, package, entry.requires.0.unwrap_or_default());
    }
}
