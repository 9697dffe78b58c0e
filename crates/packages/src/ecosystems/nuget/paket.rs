//! `paket.lock`: <https://fsprojects.github.io/Paket/lock-file.html>.
//!
//! Owns the reader. The structure is in the indentation: a section's name, four columns and a package with its version,
//! six and what that needs.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Dependency, Facts, Input, Malformed, Package};

use super::package;
use crate::lines::{self, Complaints, MOST_PACKAGES};

#[derive(Default)]
struct Lock {
    packages: Vec<Package>,
    /// By group: the packages in it, and the names that some of them need.
    needed: BTreeMap<String, BTreeSet<String>>,
    groups: Vec<String>,
    group: String,
    /// Whether the section is of packages; others name files of repositories.
    is_nuget: bool,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let mut lock = Lock::default();
    lines::walk(input.file.content, &mut complaints, |complaints, number, line| {
        let line = String::from_utf8_lossy(line);
        let text = line.trim_start();
        if let Err(complaint) = lock.take(line.len().saturating_sub(text.len()), text) {
            complaints.push(format!("line {number}: {complaint}"));
        }
    })?;
    complaints.settle(lock.finish())
}

impl Lock {
    fn take(&mut self, indentation: usize, text: &str) -> Result<(), String> {
        match indentation {
            0 => {
                if let Some(group) = text.strip_prefix("GROUP ") {
                    group.trim().clone_into(&mut self.group);
                    self.is_nuget = false;
                } else if !text.contains(':') {
                    self.is_nuget = text.trim() == "NUGET";
                }
                Ok(())
            }
            4 if self.is_nuget => self.add(text),
            6.. if self.is_nuget => {
                let name = text.split(" (").next().unwrap_or_default().trim();
                let requirement = text.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
                let requirement = requirement.map_or("", |(inside, _)| inside).to_owned();
                let last = self.packages.last_mut().ok_or("a dependency of no package")?;
                last.depends_on.push(Dependency { name: name.to_owned(), version: String::new(), requirement });
                self.needed.entry(self.group.clone()).or_default().insert(name.to_ascii_lowercase());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn add(&mut self, text: &str) -> Result<(), String> {
        let (name, rest) = text.split_once(" (").ok_or_else(|| format!("{text:?} has no version"))?;
        let (version, _) = rest.split_once(')').ok_or_else(|| format!("{text:?} has no version"))?;
        if self.packages.len() >= MOST_PACKAGES {
            return Err(format!("more than {MOST_PACKAGES} packages; not read"));
        }
        self.packages.push(package(name.trim(), version.trim()).ok_or_else(|| format!("{text:?} has no version"))?);
        self.groups.push(self.group.clone());
        Ok(())
    }

    /// What no other package needs was asked for by name; groups of tools are called so by custom.
    fn finish(mut self) -> Facts {
        for (package, group) in self.packages.iter_mut().zip(&self.groups) {
            let needed = self.needed.get(group);
            package.direct = !needed.is_some_and(|names| names.contains(&package.name.to_ascii_lowercase()));
            package.development = ["build", "test", "tests"].contains(&group.to_ascii_lowercase().as_str());
            package.depends_on.sort_unstable();
            package.depends_on.dedup();
        }
        Facts { packages: self.packages, ..Facts::default() }
    }
}
