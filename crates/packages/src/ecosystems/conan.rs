//! Packages of Conan, for C and C++: <https://docs.conan.io>.
//!
//! Owns the row, lock files of both generations, recipes without code, and what Conan leaves beside an installed package.
//! Nobody publishes advisories by Conan's names.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Dependency, Facts, Input, Malformed, Origin, Package, Presence, Reader, Wants};
use serde::Deserialize;

use crate::language::LANGUAGE;
use crate::lines::{self, Complaints, MOST_PACKAGES};
use crate::{Ecosystem, document, versions};

pub(super) const CONAN: Ecosystem = Ecosystem {
    id: "conan",
    about: "Libraries of C and C++ that Conan installed or locked. Nobody publishes advisories by their names",
    readers: &[
        Reader {
            id: "conan/info",
            version: 1,
            wants: Wants::local(&["**/conaninfo.txt"]),
            presence: Presence::Installed,
            read: read_info,
        },
        Reader {
            id: "conan/lock",
            version: 1,
            wants: Wants::local(&["**/conan.lock"]),
            presence: Presence::Locked,
            read: read_lock,
        },
        Reader {
            id: "conan/conanfile",
            version: 1,
            wants: Wants::local(&["**/conanfile.txt"]),
            presence: Presence::Declared,
            read: read_conanfile,
        },
    ],
    compare: versions::conan::compare,
    satisfies: versions::conan::satisfies,
    advisory_spaces: |_, _| Vec::new(),
    ..LANGUAGE
};

/// `name/version@user/channel#revision:package%time`, all but the first two optional. None when it is no such text, or
/// leaves the version open (`[>1.0]`).
fn package(reference: &str) -> Option<Package> {
    let reference = reference.split(['#', ':', '%']).next()?.trim();
    let (rest, user) = reference.split_once('@').unwrap_or((reference, ""));
    let (name, version) = rest.split_once('/')?;
    let is_plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-~".contains(&byte))
    };
    if !is_plain(name) || !is_plain(version) {
        return None;
    }
    let origin = if user.is_empty() || user == "_/_" { Origin::Unknown } else { Origin::ThirdParty };
    Some(Package { origin, ..Package::new("conan", name, version) })
}

/// `conaninfo.txt` says how a package was built, not which it is; that is in the names of the folders above it:
/// `full_deploy/host/NAME/VERSION/…` of Conan 2, `.conan/data/NAME/VERSION/USER/CHANNEL/package/ID` of Conan 1.
fn read_info(input: &Input<'_>) -> Result<Facts, Malformed> {
    let folders: Vec<&str> = input.file.path.split('/').collect();
    let mut facts = Facts::default();
    let found = folders.iter().enumerate().find_map(|(position, folder)| {
        let after = folders.get(position.saturating_add(1)..)?;
        match (*folder, after) {
            ("full_deploy", [context, name, version, _, ..]) => {
                Some((package(&format!("{name}/{version}"))?, *context == "build"))
            }
            ("data", [name, version, user, channel, "package", _, "conaninfo.txt"]) => {
                Some((package(&format!("{name}/{version}@{user}/{channel}"))?, false))
            }
            _ => None,
        }
    });
    if let Some((package, development)) = found {
        facts.packages.push(Package { development, depends_on: required(input)?, ..package });
    } else if let [.., "p", "b", _, "p", _] | [.., "p", _, "p", _] = folders.as_slice() {
        facts.malformed.push("a package in Conan's cache, which does not say here which one it is".into());
    }
    Ok(facts)
}

/// What the package was built with: `name/1.2.Z`, the parts that may vary as letters.
fn required(input: &Input<'_>) -> Result<Vec<Dependency>, Malformed> {
    let mut names = BTreeSet::new();
    sections(input, &mut Complaints::default(), |section, line| {
        if section == "requires" || section == "full_requires" {
            let name = line.split('/').next().unwrap_or_default();
            names.insert(name.to_owned());
        }
    })?;
    Ok(names.into_iter().filter(|name| !name.is_empty()).map(Dependency::named).collect())
}

/// Calls `visit` with the section and text of each line that says something.
fn sections(
    input: &Input<'_>,
    complaints: &mut Complaints,
    mut visit: impl FnMut(&str, &str),
) -> Result<(), Malformed> {
    let mut section = String::new();
    lines::walk(input.file.content, complaints, |_, _, line| {
        let line = String::from_utf8_lossy(line);
        let line = line.split(" #").next().unwrap_or_default().trim();
        match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(name) => name.clone_into(&mut section),
            None if line.is_empty() || line.starts_with('#') => {}
            None => visit(&section, line),
        }
    })
}

/// `[requires]`, and `[tool_requires]` of what builds. What leaves the version open is chosen when installing.
fn read_conanfile(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut facts = Facts::default();
    let mut complaints = Complaints::default();
    sections(input, &mut complaints, |section, line| {
        let development = matches!(section, "tool_requires" | "build_requires" | "test_requires");
        if (development || section == "requires") && facts.packages.len() < MOST_PACKAGES {
            facts.packages.extend(package(line).map(|package| Package { development, direct: true, ..package }));
        }
    })?;
    complaints.settle(facts)
}

#[derive(Deserialize)]
struct Lock {
    /// Conan 2: flat lists.
    #[serde(default)]
    requires: Vec<String>,
    #[serde(default)]
    build_requires: Vec<String>,
    #[serde(default)]
    python_requires: Vec<String>,
    /// Conan 1: a graph.
    #[serde(default)]
    graph_lock: Graph,
}

#[derive(Deserialize, Default)]
struct Graph {
    #[serde(default)]
    nodes: BTreeMap<String, Node>,
}

#[derive(Deserialize)]
struct Node {
    #[serde(rename = "ref", default)]
    reference: Option<String>,
    /// Where the recipe of the project itself is.
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    requires: Vec<String>,
    #[serde(default)]
    context: Option<String>,
}

fn read_lock(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let lock: Lock = document::json(&bytes)?;
    let mut complaints = Complaints::default();
    let built_with = lock.build_requires.iter().chain(&lock.python_requires).map(|reference| (reference, true));
    let mut flat: BTreeMap<(String, String), Package> = BTreeMap::new();
    for (reference, development) in lock.requires.iter().map(|reference| (reference, false)).chain(built_with) {
        match package(reference) {
            Some(_) if flat.len() >= MOST_PACKAGES => {
                complaints.push(format!("more than {MOST_PACKAGES} packages; {reference} not read"));
            }
            // What is in the program counts for more than that it builds something too.
            Some(package) => {
                let key = (package.name.clone(), package.version.clone());
                flat.entry(key).or_insert(Package { development, ..package });
            }
            None => complaints.push(format!("{reference:?} is no reference to a package")),
        }
    }
    let mut facts = Facts { packages: flat.into_values().collect(), ..Facts::default() };
    lock.graph_lock.read(&mut facts, &mut complaints);
    complaints.settle(facts)
}

impl Graph {
    fn read(&self, facts: &mut Facts, complaints: &mut Complaints) {
        let is_project = |node: &&Node| node.path.is_some();
        let direct: BTreeSet<&String> =
            self.nodes.values().filter(is_project).flat_map(|node| &node.requires).collect();
        for (number, node) in self.nodes.iter().filter(|(_, node)| node.path.is_none()) {
            let reference = node.reference.as_deref().unwrap_or_default();
            let Some(mut package) = package(reference) else {
                complaints.push(format!("node {number}: {reference:?} is no reference to a package"));
                continue;
            };
            package.direct = direct.contains(number);
            package.development = node.context.as_deref() == Some("build");
            package.depends_on = node.requires.iter().filter_map(|number| self.dependency(number)).collect();
            package.depends_on.sort_unstable();
            facts.packages.push(package);
        }
    }

    fn dependency(&self, number: &str) -> Option<Dependency> {
        let package = package(self.nodes.get(number)?.reference.as_deref()?)?;
        Some(Dependency { name: package.name, version: package.version, requirement: String::new() })
    }
}
