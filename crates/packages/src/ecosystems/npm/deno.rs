//! Deno's lock file, `deno.lock` of versions 3 to 5: <https://docs.deno.com/runtime/fundamentals/modules/#integrity-checking-and-lock-files>.
//!
//! Owns the packages of npm in it. Those of JSR and plain addresses have no advisories that go by name.

use std::collections::{BTreeMap, HashMap};

use plimsoll_model::{Facts, Input, Malformed, Package};
use serde::Deserialize;

use super::graph::Graph;
use super::{dependency, split_specifier};
use crate::document;

pub(super) const PATHS: &[&str] = &["**/deno.lock"];

#[derive(Deserialize)]
struct Lock {
    #[serde(rename = "version")]
    _version: String,
    #[serde(flatten)]
    own: Chosen,
    /// Version 3 keeps it all one level deeper.
    #[serde(default)]
    packages: Chosen,
    #[serde(default)]
    workspace: Workspace,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Chosen {
    /// What was asked for (`npm:chalk@5`), and the version or key that answers it.
    specifiers: BTreeMap<String, String>,
    npm: BTreeMap<String, Entry>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    dependencies: Needs,
    #[serde(rename = "optionalDependencies")]
    optional_dependencies: Needs,
}

/// Version 3 has names and keys, later ones only names where no two versions are there.
#[derive(Deserialize)]
#[serde(untagged)]
enum Needs {
    Named(BTreeMap<String, String>),
    Listed(Vec<String>),
}

impl Default for Needs {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Workspace {
    /// What `deno.json` asks for.
    dependencies: Vec<String>,
    package_json: Project,
    members: BTreeMap<String, Member>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Member {
    dependencies: Vec<String>,
    package_json: Project,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Project {
    dependencies: Vec<String>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let lock: Lock = document::json(&bytes)?;
    let mut graph = Graph::default();
    let mut keys: HashMap<&str, usize> = HashMap::new();
    let entries = || lock.own.npm.iter().chain(&lock.packages.npm);
    for (key, _) in entries() {
        let (name, version) = identity(key);
        if let Some(number) = graph.add(Package::new("npm", name, version)) {
            keys.insert(key, number);
            // Without its version, as later files name it.
            keys.insert(name, number);
        }
    }
    for (key, entry) in entries() {
        let Some(from) = keys.get(key.as_str()) else { continue };
        for needs in [&entry.dependencies, &entry.optional_dependencies] {
            let answers: Vec<&str> = match needs {
                Needs::Named(named) => named.values().map(String::as_str).collect(),
                Needs::Listed(listed) => listed.iter().map(String::as_str).collect(),
            };
            for answer in answers {
                graph.need(*from, keys.get(answer).copied(), dependency(identity(answer).0, ""));
            }
        }
    }
    for specifier in lock.workspace.specifiers() {
        let answer = [&lock.own, &lock.packages].into_iter().find_map(|chosen| chosen.specifiers.get(specifier));
        let Some((asked, answer)) = specifier.strip_prefix("npm:").zip(answer) else { continue };
        let key = format!("{}@{answer}", split_specifier(asked).0);
        let number = keys.get(key.as_str()).or_else(|| keys.get(answer.strip_prefix("npm:").unwrap_or(answer)));
        if let Some(number) = number {
            graph.ask(*number, false);
        }
    }
    graph.finish()
}

impl Workspace {
    fn specifiers(&self) -> impl Iterator<Item = &String> {
        let members = self.members.values();
        let members = members.flat_map(|member| member.dependencies.iter().chain(&member.package_json.dependencies));
        self.dependencies.iter().chain(&self.package_json.dependencies).chain(members)
    }
}

/// `@scope/name@1.0.0_peer@2.0.0` → `@scope/name`, `1.0.0`.
fn identity(key: &str) -> (&str, &str) {
    let (name, version) = split_specifier(key);
    (name, version.split('_').next().unwrap_or_default())
}
