//! What lock files have in common: packages with edges, and which of them the project asks for itself.
//!
//! Owns the walk from what the project asks for, which tells what is for development alone. Each format is in a module
//! of its own.

use std::collections::{BTreeSet, HashMap};

use plimsoll_model::{Dependency, Facts, Input, Malformed, Package};

use super::{installed, is_name, is_version, normal_name};
use crate::document;
use crate::lines::{Complaints, MOST_PACKAGES};

/// What a project's own file asks for, by normal name.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub main: BTreeSet<String>,
    pub development: BTreeSet<String>,
}

impl Asked {
    /// Takes it from the file beside a lock file, when it is there and understood: without it the lock file's own words
    /// have to do.
    pub fn beside(input: &Input<'_>, read: fn(&[u8]) -> Result<Asked, Malformed>) -> Option<Self> {
        let file = input.with.first()?;
        document::bytes(file.content, document::MOST_BYTES).and_then(|bytes| read(&bytes)).ok()
    }
}

/// The packages of one lock file.
#[derive(Default)]
pub(super) struct Lock {
    packages: Vec<Package>,
    complaints: Complaints,
}

impl Lock {
    /// Adds a package; what cannot be one is noted.
    pub fn add(&mut self, package: Package) {
        let Package { name, version, .. } = &package;
        if !is_name(name) || !is_version(version) {
            self.complaints.push(format!("needs a name and a version, not {name:?} {version:?}"));
        } else if self.packages.len() >= MOST_PACKAGES {
            self.complaints.push(format!("more than {MOST_PACKAGES} packages; not read"));
        } else {
            self.packages.push(package);
        }
    }

    /// Marks what the project asks for by itself. When nobody knows, that is what no package needs.
    pub fn mark_direct(&mut self, asked: Option<&Asked>) {
        let needed: BTreeSet<String> = self.packages.iter().flat_map(|package| names(&package.depends_on)).collect();
        let has_edges = !needed.is_empty();
        for package in &mut self.packages {
            let name = normal_name(&package.name);
            package.direct = match asked {
                Some(asked) => asked.main.contains(&*name) || asked.development.contains(&*name),
                None => has_edges && !needed.contains(&*name),
            };
        }
    }

    /// Marks as for development what cannot be reached from what the project asks for to run.
    pub fn mark_development(&mut self, asked: &Asked) {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, package) in self.packages.iter().enumerate() {
            by_name.entry(normal_name(&package.name).into_owned()).or_default().push(index);
        }
        let mut is_needed = vec![false; self.packages.len()];
        let mut open: Vec<String> = asked.main.iter().cloned().collect();
        while let Some(name) = open.pop() {
            for &index in by_name.get(&name).into_iter().flatten() {
                let Some(is_needed) = is_needed.get_mut(index).filter(|is_needed| !**is_needed) else { continue };
                *is_needed = true;
                open.extend(self.packages.get(index).into_iter().flat_map(|package| names(&package.depends_on)));
            }
        }
        for (package, is_needed) in self.packages.iter_mut().zip(is_needed) {
            package.development = !is_needed;
        }
    }

    /// The facts, edges sorted.
    pub fn settle(mut self) -> Result<Facts, Malformed> {
        for package in &mut self.packages {
            let own = normal_name(&package.name).into_owned();
            package.depends_on.retain(|needed| normal_name(&needed.name) != own);
            package.depends_on.sort_unstable();
            package.depends_on.dedup();
        }
        self.complaints.settle(Facts { packages: self.packages, ..Facts::default() })
    }
}

fn names(needs: &[Dependency]) -> impl Iterator<Item = String> {
    needs.iter().map(|needed| normal_name(&needed.name).into_owned())
}

/// Whether an address is of something else than a package's release.
pub(super) fn is_elsewhere(url: &str) -> bool {
    !installed::is_release(url)
}
