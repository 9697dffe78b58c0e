//! Lock files that are a picture of folders: which package a need means follows from where the packages lie.
//!
//! Owns Node's rule for that. The formats are in `package_lock` and `bun`.

use std::collections::{BTreeMap, HashMap};

use plimsoll_model::{Facts, Malformed, Package};

use super::dependency;
use super::graph::Graph;
use crate::document::Loose;

/// Names with the versions that would do.
pub(super) type Needs = BTreeMap<String, Loose<String>>;

/// The folders of a lock file, with what lies in them.
#[derive(Default)]
pub(super) struct Tree {
    graph: Graph,
    /// Number of the package in a folder.
    folders: HashMap<String, usize>,
    /// What the package in a folder needs.
    needs: Vec<(String, Needs)>,
    /// What the project in a folder needs for development.
    development: Vec<(String, Needs)>,
}

impl Tree {
    /// A package in a folder (`node_modules/a/node_modules/b`).
    pub fn add(&mut self, folder: String, package: Package, needs: Needs) {
        if let Some(number) = self.graph.add(package) {
            self.folders.insert(folder.clone(), number);
            self.needs.push((folder, needs));
        }
    }

    /// The project itself, or a part of it in a folder of its own.
    pub fn project(&mut self, folder: String, needs: Needs, development: Needs) {
        self.needs.push((folder.clone(), needs));
        self.development.push((folder, development));
    }

    /// All packages, with what they need.
    ///
    /// # Errors
    /// When none of them can be one.
    pub fn finish(mut self) -> Result<Facts, Malformed> {
        for (folder, needs) in &self.needs {
            for (name, requirement) in needs {
                let needed = self.find(folder, name);
                match (self.folders.get(folder), needed) {
                    (Some(package), _) => {
                        let requirement = requirement.0.as_deref().unwrap_or_default();
                        self.graph.need(*package, needed, dependency(name, requirement));
                    }
                    (None, Some(needed)) => self.graph.ask(needed, false),
                    // Left out on this platform.
                    (None, None) => {}
                }
            }
        }
        for (folder, needs) in &self.development {
            let found: Vec<usize> = needs.keys().filter_map(|name| self.find(folder, name)).collect();
            found.into_iter().for_each(|needed| self.graph.ask(needed, true));
        }
        self.graph.finish()
    }

    /// `node_modules` beside what needs it, then in each folder above (<https://nodejs.org/api/modules.html#loading-from-node_modules-folders>).
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
