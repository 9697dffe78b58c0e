//! Which lock files and manifests speak about what is in the image.
//!
//! Owns the rules; does not read any of them. In a project's folder every one counts. In an image one that was installed from says nothing more than the installation does, and would only add what was
//! left out of it: packages for development, for other platforms.

use std::collections::{BTreeMap, HashSet};

use plimsoll_model::{Package, Presence};

use crate::inventory::normal_name;

/// Folders of installed packages: a lock file in one is that package's own, from its development.
const INSTALLED: &[&str] =
    &["node_modules", "site-packages", "dist-packages", "gems", "specifications", "bower_components", "Pods", ".git"];
/// Folders of installed packages that have more than one part.
const INSTALLED_BELOW: &[&str] = &[
    "pkg/mod/",
    "registry/src/",
    "git/checkouts/",
    "usr/share/doc/",
    "usr/src/",
    "vendor/bundle/",
    "usr/lib/node_modules/",
    "_build/default/",
    "_build/dev/",
    "_build/prod/",
    "_build/test/",
    ".build/checkouts/",
    ".pub-cache/",
    ".nuget/packages/",
];

/// What package managers note in a folder of installed packages about the whole of it.
const NOTES: &[&str] = &["node_modules/.package-lock.json", "node_modules/.pnpm/lock.yaml"];

/// Keeps of the sightings those that speak about what is there: of lock files inside installed packages none, and in an
/// image, unlike in a project's folder, of those it was installed from nothing that was not installed.
#[must_use]
pub fn relevant(packages: Vec<Package>, is_image: bool) -> Vec<Package> {
    let own = packages.into_iter().filter(|package| is_installed(package) || !is_foreign(package));
    let packages: Vec<Package> = own.collect();
    if !is_image || packages.iter().all(is_installed) {
        return packages;
    }
    let installed: HashSet<Key> = packages.iter().filter(|package| is_installed(package)).map(key).collect();
    let done = installed_from(&packages, &installed);
    let is_kept =
        |package: &Package| is_installed(package) || !done.contains(file(package)) || installed.contains(&key(package));
    let kept: Vec<bool> = packages.iter().map(is_kept).collect();
    packages.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(package, _)| package).collect()
}

/// Ecosystem, normal name and version: what a lock file and an installation have in common.
type Key = (String, String, String);

fn key(package: &Package) -> Key {
    (package.ecosystem.clone(), normal_name(package).into_owned(), package.version.clone())
}

fn is_installed(package: &Package) -> bool {
    package.presence == Presence::Installed
}

fn file(package: &Package) -> &str {
    package.locations.first().map_or("", |location| location.file())
}

fn is_foreign(package: &Package) -> bool {
    let path = file(package);
    // What a package manager notes of the folder that it has filled is the project's.
    let own = NOTES.iter().find_map(|notes| path.strip_suffix(notes));
    let path = own.unwrap_or(path);
    path.split('/').rev().skip(1).any(|folder| INSTALLED.contains(&folder))
        || INSTALLED_BELOW.iter().any(|folder| path.starts_with(folder) || path.contains(&format!("/{folder}")))
}

/// Lock files at least half of which is installed, not counting what is for development.
fn installed_from<'p>(packages: &'p [Package], installed: &HashSet<Key>) -> HashSet<&'p str> {
    let mut files: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for package in packages.iter().filter(|package| !is_installed(package) && !package.development) {
        let (all, there) = files.entry(file(package)).or_default();
        *all = all.saturating_add(1);
        *there = there.saturating_add(usize::from(installed.contains(&key(package))));
    }
    files.into_iter().filter(|(_, (all, there))| there.saturating_mul(2) >= *all).map(|(file, _)| file).collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_model::Location;

    use super::*;

    fn found(presence: Presence, name: &str, path: &str, development: bool) -> Package {
        let locations = vec![Location::at(path)];
        Package { presence, locations, development, ..Package::new("npm", name, "1") }
    }

    fn names(packages: &[Package], is_image: bool) -> Vec<String> {
        relevant(packages.to_vec(), is_image).into_iter().map(|package| package.name).collect()
    }

    #[test]
    fn a_lock_file_that_was_installed_from_adds_nothing_to_an_image() {
        let locked = |name, development| found(Presence::Locked, name, "app/package-lock.json", development);
        let packages = [
            found(Presence::Installed, "a", "app/node_modules/a/package.json", false),
            locked("a", false),
            locked("other-platform", false),
            locked("test-tool", true),
        ];
        assert_eq!(names(&packages, true), ["a", "a"]);
        assert_eq!(names(&packages, false), ["a", "a", "other-platform", "test-tool"]);
        assert_eq!(names(&packages[1..], true), ["a", "other-platform", "test-tool"]);
    }

    #[test]
    fn lock_files_of_installed_packages_are_their_own_business() {
        for path in [
            "app/node_modules/b/yarn.lock",
            "root/go/pkg/mod/x/go.mod",
            "usr/share/doc/x/requirements.txt",
            "app/_build/default/lib/x/rebar.lock",
            ".build/checkouts/x/Package.resolved",
        ] {
            assert_eq!(names(&[found(Presence::Locked, "a", path, false)], false), [""; 0], "{path}");
        }
        let own = "app/node_modules/.package-lock.json";
        assert_eq!(names(&[found(Presence::Locked, "a", own, false)], true), ["a"]);
    }
}
