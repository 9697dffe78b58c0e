//! `uv.lock`: <https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile>.
//!
//! Owns the format. The project and its workspace's members are packages of the file as well, which tells what is asked
//! for by name; they are left out of the result.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Dependency, Facts, Input, Malformed, Origin, Package};
use serde::Deserialize;

use super::locked::{self, Asked, Lock};
use super::normal_name;
use crate::document;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    package: Vec<Entry>,
    #[serde(default)]
    manifest: Manifest,
}

/// What is not in a package: members of a workspace, requirements of a script or of a workspace without a project.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
struct Manifest {
    members: BTreeSet<String>,
    requirements: Vec<Need>,
    dependency_groups: BTreeMap<String, Vec<Need>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Entry {
    name: String,
    /// Not there for projects that compute theirs.
    #[serde(default)]
    version: String,
    #[serde(default)]
    source: Source,
    #[serde(default)]
    dependencies: Vec<Need>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, Vec<Need>>,
    #[serde(default)]
    dev_dependencies: BTreeMap<String, Vec<Need>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Source {
    registry: Option<String>,
    url: Option<String>,
    path: Option<String>,
    editable: Option<String>,
    r#virtual: Option<String>,
}

#[derive(Deserialize)]
struct Need {
    name: String,
    #[serde(default)]
    version: String,
}

impl Need {
    fn edge(self) -> Dependency {
        Dependency { version: self.version, ..Dependency::named(self.name) }
    }
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let File { package, manifest } = document::toml(&document::bytes(input.file.content, document::MOST_BYTES)?)?;
    let (own, packages): (Vec<Entry>, Vec<Entry>) =
        package.into_iter().partition(|entry| is_own(entry, &manifest.members));
    let mut asked = Asked::default();
    ask(&mut asked.main, manifest.requirements);
    manifest.dependency_groups.into_values().for_each(|needs| ask(&mut asked.development, needs));
    for project in own {
        ask(&mut asked.main, project.dependencies);
        project.optional_dependencies.into_values().for_each(|needs| ask(&mut asked.main, needs));
        project.dev_dependencies.into_values().for_each(|needs| ask(&mut asked.development, needs));
    }
    let mut lock = Lock::default();
    packages.into_iter().filter_map(package_of).for_each(|package| lock.add(package));
    lock.mark_direct(Some(&asked));
    lock.mark_development(&asked);
    lock.settle()
}

fn ask(names: &mut BTreeSet<String>, needs: Vec<Need>) {
    names.extend(needs.into_iter().map(|need| normal_name(&need.name).into_owned()));
}

fn is_own(entry: &Entry, members: &BTreeSet<String>) -> bool {
    let is_here = |path: &Option<String>| path.as_deref() == Some(".");
    is_here(&entry.source.editable) || is_here(&entry.source.r#virtual) || members.contains(&entry.name)
}

fn package_of(entry: Entry) -> Option<Package> {
    let Source { registry, url, path, .. } = entry.source;
    let is_release = registry.is_some()
        || url.is_some_and(|url| !locked::is_elsewhere(&url))
        || path.is_some_and(|path| path.ends_with(".whl"));
    if entry.version.is_empty() && !is_release {
        return None;
    }
    let origin = if is_release { Origin::Unknown } else { Origin::ThirdParty };
    // What a package's extras need is in the file only when somebody asked for them.
    let needs = entry.dependencies.into_iter().chain(entry.optional_dependencies.into_values().flatten());
    let depends_on = needs.map(Need::edge).collect();
    Some(Package { origin, depends_on, ..Package::new("pypi", entry.name, entry.version) })
}
