//! Project files, and the files that hold the versions of a whole solution:
//! <https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files>,
//! <https://learn.microsoft.com/nuget/consume-packages/central-package-management>.
//!
//! Owns the reader. MSBuild's conditions and imports are not evaluated: a version that a property of the same file holds
//! is found, one that comes from elsewhere is not.

use std::collections::BTreeMap;

use plimsoll_model::{Facts, Input, Malformed, Package};

use super::xml::{self, Element};
use super::{package, pinned};
use crate::lines::{Complaints, MOST_PACKAGES};

/// What names a package: the project's own, the solution's, tools'.
const ITEMS: &[&str] =
    &["PackageReference", "PackageVersion", "GlobalPackageReference", "PackageDownload", "DotNetCliToolReference"];

/// What a file says, before properties are filled in.
#[derive(Default)]
struct Project {
    properties: BTreeMap<String, String>,
    items: Vec<Item>,
}

struct Item {
    kind: String,
    names: String,
    version: String,
    is_private: bool,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut project = Project::default();
    let mut complaints = Complaints::default();
    if let Err(malformed) = xml::walk(input.file.content, |element| project.take(element)) {
        complaints.push(malformed.0);
    }
    let mut facts = Facts::default();
    for item in &project.items {
        facts.packages.extend(item.packages(&project.properties).take(MOST_PACKAGES));
        if facts.packages.len() >= MOST_PACKAGES {
            complaints.push(format!("more than {MOST_PACKAGES} packages; the rest was not read"));
            break;
        }
    }
    complaints.settle(facts)
}

impl Project {
    fn take(&mut self, element: &Element) {
        if element.name == "PropertyGroup" {
            // The first value stays, for later ones are overrides under a condition more often than not.
            for (name, value) in element.values() {
                self.properties.entry(name.to_owned()).or_insert_with(|| value.to_owned());
            }
        }
        if !ITEMS.contains(&element.name.as_str()) || self.items.len() >= MOST_PACKAGES {
            return;
        }
        let first = |names: &[&str]| {
            names.iter().map(|name| element.get(name)).find(|value| !value.is_empty()).unwrap_or_default().to_owned()
        };
        let private = first(&["PrivateAssets"]);
        self.items.push(Item {
            kind: element.name.clone(),
            names: first(&["Include", "Update"]),
            version: first(&["VersionOverride", "Version"]),
            is_private: private.eq_ignore_ascii_case("all"),
        });
    }
}

impl Item {
    fn packages<'i>(&'i self, properties: &'i BTreeMap<String, String>) -> impl Iterator<Item = Package> + 'i {
        let property = self.version.trim().strip_prefix("$(").and_then(|rest| rest.strip_suffix(')'));
        let version = match property {
            Some(name) => properties.get(&name.to_ascii_lowercase()).map_or("", String::as_str),
            None => &self.version,
        };
        let version = pinned(version).unwrap_or_default();
        // A package all of whose parts stay inside the project serves its build.
        let development = self.is_private || self.kind != "PackageReference" && self.kind != "PackageVersion";
        self.names.split(';').filter_map(move |name| {
            let direct = self.kind != "PackageVersion";
            Some(Package { direct, development, ..package(name.trim(), version)? })
        })
    }
}
