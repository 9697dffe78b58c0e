//! pnpm's lock file of versions 5, 6 and 9, and the copy that it keeps in `node_modules`:
//! <https://github.com/pnpm/spec/tree/master/lockfile>.
//!
//! Owns the format.

use std::collections::{BTreeMap, HashMap};

use plimsoll_model::{Facts, Input, Malformed, Origin, Package};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::graph::Graph;
use super::{dependency, origin, split_specifier};
use crate::document::{self, Loose};

pub(super) const PATHS: &[&str] = &["**/pnpm-lock.yaml", "**/node_modules/.pnpm/lock.yaml"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lock {
    #[serde(rename = "lockfileVersion")]
    _lockfile_version: IgnoredAny,
    /// The projects by folder.
    #[serde(default)]
    importers: BTreeMap<String, Project>,
    /// The only project, where there are no importers.
    #[serde(flatten)]
    project: Project,
    #[serde(default)]
    packages: BTreeMap<String, Loose<Entry>>,
    /// Since version 9: what the packages need, once for each set of peers.
    #[serde(default)]
    snapshots: BTreeMap<String, Loose<Entry>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Project {
    dependencies: BTreeMap<String, Chosen>,
    optional_dependencies: BTreeMap<String, Chosen>,
    dev_dependencies: BTreeMap<String, Chosen>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Chosen {
    /// Version 5.
    Bare(String),
    Full {
        version: String,
    },
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    name: Option<String>,
    version: Option<String>,
    resolution: Loose<Resolution>,
    deprecated: Loose<String>,
    dependencies: BTreeMap<String, String>,
    optional_dependencies: BTreeMap<String, String>,
}

/// Where it came from, when that is no registry.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Resolution {
    repo: Option<String>,
    directory: Option<String>,
    tarball: Option<String>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let lock: Lock = document::yaml(&bytes)?;
    let mut graph = Graph::default();
    let mut keys: HashMap<&str, usize> = HashMap::new();
    let listed = if lock.snapshots.is_empty() { &lock.packages } else { &lock.snapshots };
    for key in listed.keys() {
        let about = lock.packages.get(without_peers(key)).or_else(|| lock.packages.get(key));
        let number = package(key, about.and_then(|about| about.0.as_ref())).and_then(|package| graph.add(package));
        keys.extend(number.map(|number| (key.as_str(), number)));
    }
    for (key, entry) in listed {
        let (Some(from), Some(entry)) = (keys.get(key.as_str()), &entry.0) else { continue };
        for (name, chosen) in entry.dependencies.iter().chain(&entry.optional_dependencies) {
            graph.need(*from, find(&keys, name, chosen), dependency(name, ""));
        }
    }
    for project in lock.importers.values().chain([&lock.project]) {
        let Project { dependencies, optional_dependencies, dev_dependencies } = project;
        let production = dependencies.iter().chain(optional_dependencies).map(|asked| (asked, false));
        for ((name, chosen), is_development) in production.chain(dev_dependencies.iter().map(|asked| (asked, true))) {
            let (Chosen::Bare(chosen) | Chosen::Full { version: chosen }) = chosen;
            if let Some(number) = find(&keys, name, chosen) {
                graph.ask(number, is_development);
            }
        }
    }
    graph.finish()
}

/// The package that a key names: `/a/1.0.0_peers` in version 5, `/a@1.0.0(peers)` in 6, `a@1.0.0(peers)` in 9. The keys
/// of what comes from elsewhere are addresses; such an entry has a name and a version of its own, or is of a folder.
fn package(key: &str, entry: Option<&Entry>) -> Option<Package> {
    let plain = without_peers(key);
    let (name, version) = match plain.strip_prefix('/') {
        Some(old) if is_version_5(old) => {
            let (name, version) = old.rsplit_once('/')?;
            (name, version.split('_').next().unwrap_or_default())
        }
        other => split_specifier(other.unwrap_or(plain)),
    };
    let empty = Entry::default();
    let entry = entry.unwrap_or(&empty);
    let is_address = version.is_empty() || version.contains([':', '/']);
    let name = entry.name.as_deref().unwrap_or(name);
    let version = entry.version.as_deref().or((!is_address).then_some(version))?;
    let mut package = Package::new("npm", name, version);
    package.origin = match &entry.resolution.0 {
        Some(Resolution { repo, directory, .. }) if repo.is_some() || directory.is_some() => Origin::ThirdParty,
        Some(Resolution { tarball: Some(tarball), .. }) => origin(tarball),
        _ => Origin::Unknown,
    };
    package.deprecated = entry.deprecated.0.clone().unwrap_or_default();
    Some(package)
}

/// Whether the version follows a slash: before the first `@` that can be one's are more slashes than a scope has.
fn is_version_5(key: &str) -> bool {
    let (name, version) = split_specifier(key);
    version.is_empty() || name.matches('/').count() > usize::from(name.starts_with('@'))
}

fn without_peers(key: &str) -> &str {
    key.split('(').next().unwrap_or_default()
}

/// What a need was answered with: a version, or a whole key where the name differs.
fn find(keys: &HashMap<&str, usize>, name: &str, chosen: &str) -> Option<usize> {
    let forms = [format!("{name}@{chosen}"), format!("/{name}@{chosen}"), format!("/{name}/{chosen}")];
    forms.iter().map(String::as_str).chain([chosen]).find_map(|key| keys.get(key).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_all_versions() {
        for (key, name, version) in [
            ("/a/1.0.0", "a", "1.0.0"),
            ("/a/1.0.0_react@17.0.2", "a", "1.0.0"),
            ("/@s/a/1.0.0_@babel+core@7.0.0", "@s/a", "1.0.0"),
            ("/@s/a@1.0.0(@t/b@2.0.0)(c@3.0.0)", "@s/a", "1.0.0"),
            ("@s/a@1.0.0(b@2.0.0)", "@s/a", "1.0.0"),
            ("a@1.0.0-rc.1", "a", "1.0.0-rc.1"),
        ] {
            let package = package(key, None).unwrap();
            assert_eq!((package.name.as_str(), package.version.as_str()), (name, version), "{key}");
        }
        for key in ["a@file:../a", "github.com/a/b/0123456", "a@https://codeload.github.com/a/b/tar.gz/0123456"] {
            assert_eq!(package(key, None), None, "{key}");
        }
    }
}
