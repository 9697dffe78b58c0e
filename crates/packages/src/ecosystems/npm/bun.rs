//! Bun's lock file, `bun.lock`: <https://bun.com/docs/pm/lockfile>.
//!
//! Owns the format. The older `bun.lockb` is binary, and its layout is Bun's own business.

use std::collections::BTreeMap;

use plimsoll_model::{Facts, Input, Malformed, Package};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::tree::{Needs, Tree};
use super::{is_version, origin, split_specifier};
use crate::document::{self, Loose};

pub(super) const PATHS: &[&str] = &["**/bun.lock"];

#[derive(Deserialize)]
struct Lock {
    workspaces: BTreeMap<String, Workspace>,
    #[serde(default)]
    packages: BTreeMap<String, Vec<Part>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Workspace {
    name: Loose<String>,
    dependencies: Loose<Needs>,
    optional_dependencies: Loose<Needs>,
    peer_dependencies: Loose<Needs>,
    dev_dependencies: Loose<Needs>,
}

/// What stands in the list of one package: what it is, for packages of a registry its address, what it needs, a checksum.
#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Text(String),
    Needs(Workspace),
    Other(IgnoredAny),
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let lock: Lock = document::json(&document::without_comments(&bytes))?;
    let mut tree = Tree::default();
    for (folder, workspace) in lock.workspaces {
        let folder = if folder.is_empty() { folder } else { place(workspace.name.0.as_deref().unwrap_or(&folder)) };
        let development = workspace.dev_dependencies.0.clone().unwrap_or_default();
        tree.project(folder, workspace.needs(), development);
    }
    for (key, parts) in lock.packages {
        let mut parts = parts.into_iter();
        let Some(Part::Text(what)) = parts.next() else {
            return Err(Malformed(format!("{key:?} does not begin with a name and a version")));
        };
        let (name, version) = split_specifier(&what);
        let (mut address, mut needs) = (String::new(), Needs::new());
        for part in parts {
            match part {
                Part::Text(text) if address.is_empty() => address = text,
                Part::Needs(own) => needs = own.needs(),
                Part::Text(_) | Part::Other(_) => {}
            }
        }
        // Parts of the project, repositories and files have an address for a version.
        if version.contains([':', '/']) && !is_version(version) {
            continue;
        }
        let package = Package { origin: origin(&address), ..Package::new("npm", name, version) };
        tree.add(place(&key), package, needs);
    }
    tree.finish()
}

impl Workspace {
    fn needs(self) -> Needs {
        let all = [self.peer_dependencies.0, self.optional_dependencies.0, self.dependencies.0];
        all.into_iter().flatten().flatten().collect()
    }
}

/// `a/@b/c` → `node_modules/a/node_modules/@b/c`.
fn place(key: &str) -> String {
    let mut place = String::new();
    for part in key.split('/') {
        let is_in_scope = place.rsplit('/').next().is_some_and(|last| last.starts_with('@'));
        place.push_str(match (place.is_empty(), is_in_scope) {
            (true, _) => "node_modules/",
            (false, true) => "/",
            (false, false) => "/node_modules/",
        });
        place.push_str(part);
    }
    place
}
