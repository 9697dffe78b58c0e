//! Yarn's lock file: of version 1 (<https://classic.yarnpkg.com/lang/en/docs/yarn-lock/>), and of the later ones, which is
//! YAML of the same shape.
//!
//! Owns both. What is direct and what is for development stands in the manifests of the project alone, so that they go
//! along.

use std::collections::{BTreeMap, HashMap, HashSet};

use plimsoll_model::{Facts, File, Input, Malformed, Origin, Package, Wants};
use serde::Deserialize;

use super::graph::Graph;
use super::tree::Needs;
use super::{dependency, origin, split_specifier};
use crate::document::{self, Loose};
use crate::lines::{self, Complaints};

/// Workspaces lie wherever the project wants them to; these two are what people call the folder.
pub(super) const WANTS: Wants = Wants {
    with: &["package.json", "packages/*/package.json", "apps/*/package.json"],
    ..Wants::local(&["**/yarn.lock"])
};

/// One block: what was asked for, and what answers it.
#[derive(Default)]
struct Entry {
    /// `lodash@^4.17.0`, `lodash@npm:^4.17.0`.
    descriptors: Vec<String>,
    version: String,
    /// Version 1: where it is fetched from.
    address: String,
    /// Later versions: name and version of what was chosen (`lodash@npm:4.17.21`).
    chosen: String,
    needs: Vec<(String, String)>,
}

/// The project itself or one of its workspaces.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Manifest {
    dependencies: Loose<Needs>,
    optional_dependencies: Loose<Needs>,
    dev_dependencies: Loose<Needs>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    // A package's own: it is dropped later, and there are many.
    if input.file.path.contains("node_modules/") {
        return Ok(Facts::default());
    }
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let mut complaints = Complaints::default();
    let entries = entries(&bytes, &mut complaints)?;
    let mut graph = Graph::new(complaints);
    let mut known: BTreeMap<(String, String, Origin), usize> = BTreeMap::new();
    let mut number = |package: Package| {
        // One that is patched and the same as it was published: who asks for the one gets the other.
        let key = (package.name.clone(), package.version.clone(), package.origin);
        let number = known.get(&key).copied().or_else(|| graph.add(package))?;
        known.insert(key, number);
        Some(number)
    };
    let numbers: Vec<Option<usize>> = entries.iter().map(|entry| number(package(entry)?)).collect();
    let mut answers = Answers::new();
    for (entry, number) in entries.iter().zip(&numbers) {
        let descriptors = entry.descriptors.iter().map(String::as_str);
        answers.extend(number.iter().flat_map(|number| descriptors.clone().map(|descriptor| (descriptor, *number))));
    }
    let told = told(&mut graph, &answers, input.with);
    for (entry, number) in entries.iter().zip(&numbers) {
        for (name, range) in &entry.needs {
            let needed = find(&answers, name, range);
            let plain = range.strip_prefix("npm:").unwrap_or(range);
            match (number, needed) {
                (Some(number), _) => graph.need(*number, needed, dependency(name, plain)),
                // A workspace, where needs of development stand among the others: its manifest knows better.
                (None, Some(needed)) if !told.contains(&needed) => graph.ask(needed, false),
                _ => {}
            }
        }
    }
    graph.finish()
}

/// The blocks of a file.
fn entries(bytes: &[u8], complaints: &mut Complaints) -> Result<Vec<Entry>, Malformed> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut is_needs = false;
    lines::walk(&bytes, complaints, |complaints, number, line| {
        let Ok(line) = std::str::from_utf8(line) else {
            return complaints.push(format!("line {number}: not UTF-8"));
        };
        let text = line.trim_start_matches(' ');
        let depth = line.len().saturating_sub(text.len());
        if text.is_empty() || text.starts_with('#') {
            return;
        }
        if depth == 0 {
            let descriptors = text.trim_end_matches(':').split(", ");
            let descriptors = descriptors.map(|text| text.trim_matches(['"', ' ']).to_owned()).collect();
            entries.push(Entry { descriptors, ..Entry::default() });
        }
        let (key, value) = pair(text);
        match (depth, entries.last_mut()) {
            (2, Some(entry)) => {
                is_needs = matches!(key, "dependencies" | "optionalDependencies") && value.is_empty();
                entry.set(key, value);
            }
            (4, Some(entry)) if is_needs => entry.needs.push((key.to_owned(), value.to_owned())),
            _ => {}
        }
    })?;
    // That of the format itself.
    entries.retain(|entry| !entry.descriptors.iter().any(|descriptor| descriptor == "__metadata"));
    Ok(entries)
}

impl Entry {
    fn set(&mut self, key: &str, value: &str) {
        match key {
            "version" => value.clone_into(&mut self.version),
            "resolved" => value.clone_into(&mut self.address),
            "resolution" => value.clone_into(&mut self.chosen),
            _ => {}
        }
    }
}

/// Which package answers a descriptor.
type Answers<'e> = HashMap<&'e str, usize>;

fn find(answers: &Answers<'_>, name: &str, range: &str) -> Option<usize> {
    let forms = [format!("{name}@{range}"), format!("{name}@npm:{range}")];
    forms.iter().find_map(|form| answers.get(form.as_str()).copied())
}

/// `name "range"`, `"name" "range"`, `name: range`, `"name": "range"`.
fn pair(text: &str) -> (&str, &str) {
    let (key, value) = match text.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        Some(quoted) => quoted,
        None => text.split_at(text.find([' ', ':']).unwrap_or(text.len())),
    };
    (key, value.trim_start_matches(':').trim().trim_matches('"'))
}

/// Notes what the manifests ask for; those packages.
fn told(graph: &mut Graph, answers: &Answers<'_>, manifests: &[File<'_>]) -> HashSet<usize> {
    let mut told = HashSet::new();
    for Manifest { dependencies, optional_dependencies, dev_dependencies } in manifests.iter().filter_map(manifest) {
        for (needs, is_development) in [(dependencies, false), (optional_dependencies, false), (dev_dependencies, true)]
        {
            for (name, range) in needs.0.iter().flatten() {
                if let Some(number) = find(answers, name, range.0.as_deref().unwrap_or_default()) {
                    graph.ask(number, is_development);
                    told.insert(number);
                }
            }
        }
    }
    told
}

fn manifest(file: &File<'_>) -> Option<Manifest> {
    document::json(&document::bytes(file.content, document::MOST_BYTES).ok()?).ok()
}

/// The package that a block stands for. None when it is part of the project, or linked to.
fn package(entry: &Entry) -> Option<Package> {
    let (name, range) = split_specifier(entry.descriptors.first()?);
    let (chosen, how) = split_specifier(&entry.chosen);
    if how.is_empty() {
        let name = range.strip_prefix("npm:").map_or(name, |real| split_specifier(real).0);
        let address = if entry.address.is_empty() { range } else { &entry.address };
        return Some(Package { origin: origin(address), ..Package::new("npm", name, &entry.version) });
    }
    if ["workspace:", "link:", "portal:"].iter().any(|scheme| how.starts_with(scheme)) {
        return None;
    }
    // A patch leaves the version of a registry's package as it is.
    let is_of_registry = how.starts_with("npm:") || how.starts_with("patch:");
    let origin = if is_of_registry { Origin::Unknown } else { Origin::ThirdParty };
    Some(Package { origin, ..Package::new("npm", chosen, &entry.version) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_both_versions() {
        for text in [r#"a "^1""#, r#""a" "^1""#, "a: ^1", r#""a": "^1""#] {
            assert_eq!(pair(text), ("a", "^1"), "{text}");
        }
        assert_eq!(pair("dependencies:"), ("dependencies", ""));
    }

    #[test]
    fn blocks_are_packages() {
        let entry = |descriptor: &str, resolved: &str| {
            let (address, chosen) = if resolved.contains("/-/") || resolved.starts_with("git+") {
                (resolved.to_owned(), String::new())
            } else {
                (String::new(), resolved.to_owned())
            };
            Entry { descriptors: vec![descriptor.into()], version: "1.0.0".into(), address, chosen, needs: Vec::new() }
        };
        for (descriptor, resolved, name, origin) in [
            ("a@^1", "https://registry.invalid/a/-/a-1.0.0.tgz#0123", "a", Origin::Unknown),
            ("a@npm:@s/b@^1", "https://registry.invalid/@s/b/-/b-1.0.0.tgz#0123", "@s/b", Origin::Unknown),
            ("a@file:../a", "", "a", Origin::ThirdParty),
            (
                "@s/a@git+ssh://git@example.org/a.git",
                "git+ssh://git@example.org/a.git#0123",
                "@s/a",
                Origin::ThirdParty,
            ),
            ("a@npm:^1", "a@npm:1.0.0", "a", Origin::Unknown),
            ("a@patch:a@npm%3A1.0.0#x", "a@patch:a@npm%3A1.0.0#x::version=1.0.0", "a", Origin::Unknown),
            ("a@s/a", "a@https://github.com/s/a.git#commit=0123", "a", Origin::ThirdParty),
        ] {
            let package = package(&entry(descriptor, resolved)).unwrap();
            assert_eq!((package.name.as_str(), package.origin), (name, origin), "{descriptor}");
        }
        assert!(package(&entry("a@workspace:.", "a@workspace:.")).is_none());
    }
}
