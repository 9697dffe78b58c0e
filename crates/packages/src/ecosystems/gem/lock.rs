//! Bundler's lock files: <https://bundler.io/man/bundle-lock.1.html>. The format is that of
//! `Bundler::LockfileParser`: sections with sources, the gems of each with what they need, and what the project asks for.
//!
//! Owns the format. Which group of the project a gem is for is not in it.

use std::collections::BTreeSet;

use plimsoll_model::{Dependency, Facts, Input, Malformed, Origin, Package};

use super::{is_name, is_version};
use crate::lines::{self, Complaints, MOST_PACKAGES};

#[derive(Default, Clone, Copy, PartialEq)]
enum Section {
    /// A registry.
    Gem,
    /// A repository, or a folder that is not the project's own.
    Elsewhere,
    /// The project's own folder: its gems are the project.
    Project,
    /// What the project asks for.
    Dependencies,
    /// Platforms, checksums, versions of the tools.
    #[default]
    Other,
}

#[derive(Default)]
struct Lock {
    section: Section,
    packages: Vec<Package>,
    direct: BTreeSet<String>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let (mut lock, mut complaints) = (Lock::default(), Complaints::default());
    lines::walk(input.file.content, &mut complaints, |complaints, number, line| {
        if let Err(complaint) = lock.take(&String::from_utf8_lossy(line)) {
            complaints.push(format!("line {number}: {complaint}"));
        }
    })?;
    for package in &mut lock.packages {
        package.direct = lock.direct.contains(&package.name);
        package.depends_on.sort_unstable();
        package.depends_on.dedup();
    }
    complaints.settle(Facts { packages: lock.packages, ..Facts::default() })
}

impl Lock {
    fn take(&mut self, line: &str) -> Result<(), String> {
        let text = line.trim_start();
        let indent = line.len().saturating_sub(text.len());
        match (indent, self.section) {
            (_, _) if text.is_empty() => {}
            (0, _) => self.begin(text)?,
            (2, Section::Elsewhere) if text == "remote: ." => self.section = Section::Project,
            (4, Section::Gem | Section::Elsewhere) => self.gem(text)?,
            (6, Section::Gem | Section::Elsewhere) => {
                let needed = dependency(text).ok_or_else(|| format!("{text:?} is no need of a gem"))?;
                self.packages.last_mut().ok_or("a need before the first gem")?.depends_on.push(needed);
            }
            // What the project's own specification needs is asked for by name as well.
            (6, Section::Project) | (2, Section::Dependencies) => {
                self.direct.extend(dependency(text.trim_end_matches('!')).map(|needed| needed.name));
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, title: &str) -> Result<(), String> {
        if title.starts_with("<<<<<<<") || title.starts_with(">>>>>>>") || title == "=======" {
            return Err("an unresolved conflict of two versions of the file".to_owned());
        }
        self.section = match title {
            "GEM" => Section::Gem,
            "GIT" | "PATH" | "PLUGIN SOURCE" => Section::Elsewhere,
            "DEPENDENCIES" => Section::Dependencies,
            _ => Section::Other,
        };
        Ok(())
    }

    /// `name (version)` or `name (version-platform)`; versions have no dash of their own.
    fn gem(&mut self, text: &str) -> Result<(), String> {
        let complaint = || format!("{text:?} is no gem with a version");
        let (name, version) = text.split_once(" (").ok_or_else(complaint)?;
        let version = version.trim_end_matches('!').strip_suffix(')').ok_or_else(complaint)?;
        let version = version.split('-').next().unwrap_or(version);
        if !is_name(name) || !is_version(version) {
            return Err(complaint());
        }
        if self.packages.len() >= MOST_PACKAGES {
            return Err(format!("more than {MOST_PACKAGES} gems; not read"));
        }
        let origin = if self.section == Section::Gem { Origin::Unknown } else { Origin::ThirdParty };
        self.packages.push(Package { origin, ..Package::new("gem", name, version) });
        Ok(())
    }
}

/// `name` or `name (~> 1.0, < 2)`.
fn dependency(text: &str) -> Option<Dependency> {
    let (name, ranges) = text.split_once(" (").unwrap_or((text, ""));
    let requirement = ranges.trim_end_matches(')').to_owned();
    is_name(name).then(|| Dependency { requirement, ..Dependency::named(name) })
}
