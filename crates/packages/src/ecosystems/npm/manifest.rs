//! `package.json` of installed packages: <https://docs.npmjs.com/cli/configuring-npm/package-json>.
//!
//! Owns which of the many files of that name stand for a package, and what one says of it. A project's own is none: it
//! names ranges, and what the project is called says nothing about a package of the same name in a registry.

use std::borrow::Cow;
use std::collections::BTreeMap;

use plimsoll_model::{Facts, Input, Malformed, Package};
use serde::Deserialize;

use super::{dependency, is_name, is_version, origin};
use crate::document::{self, Loose};
use crate::paths;

/// Directly below `node_modules`. pnpm's and Bun's stores have `node_modules` of their own in every package's folder;
/// Yarn's store has not.
pub(super) const INSTALLED: &[&str] = &[
    "**/node_modules/*/package.json",
    "**/node_modules/@*/*/package.json",
    "**/node_modules/.store/*/package/package.json",
];
/// In a folder named for the version: programs unpacked from a release (`opt/yarn-v1.22.22`), Corepack's package managers
/// (`pnpm/9.1.0`), Deno's cache (`npm/HOST/chalk/5.3.0`).
pub(super) const UNPACKED: &[&str] = &["**/*.*.*/package.json"];

/// Bytes of one manifest; those of packages with thousands of exports reach some hundred kilobytes.
pub(super) const MOST_BYTES: u64 = 8 << 20;

type Needs<'a> = BTreeMap<Cow<'a, str>, Loose<Cow<'a, str>>>;

/// Old packages have fields of unexpected types, which npm overlooks as well.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest<'a> {
    #[serde(borrow, default)]
    name: Loose<Cow<'a, str>>,
    #[serde(borrow, default)]
    version: Loose<Cow<'a, str>>,
    #[serde(default)]
    private: Loose<bool>,
    #[serde(borrow, default)]
    license: Loose<Licence<'a>>,
    #[serde(borrow, default)]
    licenses: Loose<Vec<Loose<Licence<'a>>>>,
    #[serde(borrow, default)]
    dependencies: Loose<Needs<'a>>,
    #[serde(borrow, default)]
    optional_dependencies: Loose<Needs<'a>>,
    #[serde(borrow, default)]
    peer_dependencies: Loose<Needs<'a>>,
    /// Where npm up to version 6 noted what it had fetched.
    #[serde(borrow, default, rename = "_resolved")]
    resolved: Loose<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Licence<'a> {
    #[serde(borrow)]
    Named(Cow<'a, str>),
    Described {
        #[serde(borrow, rename = "type")]
        kind: Cow<'a, str>,
    },
}

impl Licence<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Named(name) | Self::Described { kind: name } => name,
        }
    }
}

pub(super) fn read_installed(input: &Input<'_>) -> Result<Facts, Malformed> {
    if !is_installed(input.file.path) {
        return Ok(Facts::default());
    }
    facts(parse(&document::bytes(input.file.content, MOST_BYTES)?)?)
}

/// The package that a manifest's bytes describe, if any.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<Package>, Malformed> {
    package(&document::json(bytes)?)
}

/// Whether a path is that of a manifest directly below `node_modules`, as [`INSTALLED`] has it.
pub(super) fn is_manifest(path: &str) -> bool {
    let folder = path.strip_suffix("/package.json").and_then(|folder| folder.rsplit_once("node_modules/"));
    folder.is_some_and(|(_, name)| is_name(name)) && is_installed(path)
}

pub(super) fn read_unpacked(input: &Input<'_>) -> Result<Facts, Malformed> {
    let folders = input.file.path.rsplit_once('/').map_or("", |(folders, _)| folders);
    if paths::is_test_data(folders) || folders.contains("node_modules") {
        return Ok(Facts::default());
    }
    let bytes = document::bytes(input.file.content, MOST_BYTES)?;
    // Nobody promised that it is npm's.
    let Ok(manifest) = document::json::<Manifest<'_>>(&bytes) else { return Ok(Facts::default()) };
    let package = package(&manifest).unwrap_or_default();
    let is_own = |package: &Package| {
        paths::file_name(folders).strip_suffix(package.version.as_str()).is_some_and(|rest| {
            let rest = rest.strip_suffix('v').unwrap_or(rest);
            rest.is_empty() && folders.contains(&format!("{}/", package.name))
                || rest.strip_suffix(['-', '@']) == Some(&package.name)
        })
    };
    facts(package.filter(|package| is_own(package) && manifest.private.0 != Some(true)))
}

fn facts(package: Option<Package>) -> Result<Facts, Malformed> {
    Ok(Facts { packages: package.into_iter().collect(), ..Facts::default() })
}

/// Whether a path below `node_modules` is one that programs are loaded from. Packages bring along trees to test
/// themselves on (`resolve/test/…/node_modules`), and what npm and pnpm have set aside begins with a dot.
fn is_installed(path: &str) -> bool {
    let last = path.rsplit("node_modules/").next().unwrap_or_default();
    let is_set_aside = last.starts_with('.') && !last.starts_with(".store/");
    !is_set_aside && !path.split("node_modules/").skip(1).any(paths::is_test_data)
}

/// The package that a manifest describes; none when it has neither name nor version: such a file only sets options for
/// the folder.
fn package(manifest: &Manifest<'_>) -> Result<Option<Package>, Malformed> {
    let (Some(name), Some(version)) = (&manifest.name.0, &manifest.version.0) else { return Ok(None) };
    let (name, version) = (name.trim(), version.trim());
    if !is_name(name) || !is_version(version) {
        return Err(Malformed(format!("{name:?} {version:?} are no name and version of a package")));
    }
    // npm installs `v1.0.0` as 1.0.0, and so it stands in lock files and advisories.
    let mut package = Package::new("npm", name, version.trim_start_matches(['v', '=']));
    package.licence = licence(manifest);
    package.origin = origin(manifest.resolved.0.as_deref().unwrap_or_default());
    for needs in [&manifest.dependencies, &manifest.optional_dependencies, &manifest.peer_dependencies] {
        let needs = needs.0.iter().flatten();
        package.depends_on.extend(needs.map(|(name, range)| dependency(name, range.0.as_deref().unwrap_or_default())));
    }
    package.depends_on.sort_unstable();
    package.depends_on.dedup();
    Ok(Some(package))
}

/// `license: "MIT"`, or as packages of before 2014 write it: `license: { type: "MIT" }`, `licenses: [{ type: "MIT" }]`.
fn licence(manifest: &Manifest<'_>) -> String {
    let old = manifest.licenses.0.iter().flatten().filter_map(|licence| licence.0.as_ref());
    let names: Vec<&str> = manifest.license.0.iter().chain(old).map(Licence::name).collect();
    match names.as_slice() {
        [name] => (*name).to_owned(),
        names => names.join(" OR "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_to_test_on_are_not_installed() {
        for path in [
            "app/node_modules/a/package.json",
            "srv/test/node_modules/@a/b/package.json",
            "app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json",
            "app/node_modules/.store/a-npm-1.0.0-0123456789/package/package.json",
            "app/node_modules/test/node_modules/a/package.json",
            "app/node_modules/@fixtures/test/node_modules/a/package.json",
            "app/node_modules/corepack/dist/node_modules/a/package.json",
        ] {
            assert!(is_installed(path), "{path}");
        }
        for path in [
            "app/node_modules/.a-x1Y2/package.json",
            "app/node_modules/a/test/node_modules/b/package.json",
            "app/node_modules/@a/b/lib/__tests__/node_modules/b/package.json",
        ] {
            assert!(!is_installed(path), "{path}");
        }
    }
}
