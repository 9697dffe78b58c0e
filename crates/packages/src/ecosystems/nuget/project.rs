//! Project files, and the files that hold the versions of a whole solution:
//! <https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files>,
//! <https://learn.microsoft.com/nuget/consume-packages/central-package-management>.
//!
//! Owns the reader. MSBuild's conditions and imports are not evaluated: a version that a property of the same file holds
//! is found, one that comes from elsewhere is not.

use std::collections::BTreeMap;

use plimsoll_model::{Facts, Input, Malformed, Package};

use super::{package, pinned};
use crate::document;
use crate::lines::MOST_PACKAGES;
use crate::xml::{self, Element};

/// What names a package: the project's own, the solution's, tools'.
const ITEMS: &[&str] =
    &["PackageReference", "PackageVersion", "GlobalPackageReference", "PackageDownload", "DotNetCliToolReference"];

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let root = xml::parse(&document::bytes(input.file.content, xml::MOST_BYTES)?)?;
    // The first value stays, for later ones are overrides under a condition more often than not.
    let mut properties: BTreeMap<&str, &str> = BTreeMap::new();
    for property in root.all("PropertyGroup").flat_map(|group| &group.children) {
        properties.entry(&property.name).or_insert(&property.text);
    }
    let mut packages = Vec::new();
    // Targets and choices have groups of their own.
    let mut open = vec![&root];
    while let Some(element) = open.pop() {
        open.extend(&element.children);
        if ITEMS.contains(&element.name.as_str()) {
            packages.extend(declared(element, &properties));
        }
        if packages.len() > MOST_PACKAGES {
            return Err(Malformed(format!("more than {MOST_PACKAGES} packages; not read")));
        }
    }
    packages.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(Facts { packages, ..Facts::default() })
}

/// The packages that an item names with an exact version.
fn declared<'i>(item: &'i Element, properties: &BTreeMap<&str, &str>) -> impl Iterator<Item = Package> + use<'i> {
    let version = first(item, &["VersionOverride", "Version"]);
    let property = version.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')'));
    let version = property.map_or(Some(version), |name| properties.get(name).copied());
    let version = version.and_then(pinned).map(str::to_owned).unwrap_or_default();
    let is_own = item.name == "PackageReference";
    let direct = item.name != "PackageVersion";
    // A package all of whose parts stay inside the project serves its build.
    let development = first(item, &["PrivateAssets"]).eq_ignore_ascii_case("all") || direct && !is_own;
    let names = first(item, &["Include", "Update"]).split(';');
    names.filter_map(move |name| Some(Package { direct, development, ..package(name.trim(), &version)? }))
}

/// The first of these that is there, as an attribute or as a child's text: MSBuild takes both.
fn first<'e>(item: &'e Element, names: &[&str]) -> &'e str {
    let value = |name: &&str| match item.attribute(name) {
        "" => item.text_of(name),
        value => value,
    };
    names.iter().map(value).map(str::trim).find(|value| !value.is_empty()).unwrap_or_default()
}
