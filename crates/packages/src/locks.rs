//! Which lock files and manifests speak about what is in the image.
//!
//! Owns the rules; does not read any of them. In a project's folder every one counts. In an image one that was installed from says nothing more than the installation does, and would only add what was
//! left out of it: packages for development, for other platforms.

use std::collections::{BTreeMap, HashMap, HashSet};

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
    "usr/src/debug/",
    "usr/src/kernels/",
    "usr/src/linux-",
    "usr/src/rustc-",
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

/// Keeps of the sightings those that speak about what is there: in an image, unlike in a project's folder, of lock files
/// that it was installed from nothing that was not installed.
#[must_use]
pub fn relevant(packages: Vec<Package>, is_image: bool) -> Vec<Package> {
    if !is_image || packages.iter().all(is_installed) {
        return packages;
    }
    let installed: HashSet<Key> = packages.iter().filter(|package| is_installed(package)).map(key).collect();
    let done = installed_from(&packages, &installed);
    let is_kept = |package: &Package| match done.get(file(package)) {
        // One that something else brought in the same version is no sign that those for development are there.
        Some(false) if package.development => is_installed(package),
        Some(_) => is_installed(package) || installed.contains(&key(package)),
        None => true,
    };
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

/// Whether a lock file or a manifest at this path is an installed package's own.
#[must_use]
pub fn is_foreign(path: &str) -> bool {
    // What a package manager notes of the folder that it has filled is the project's.
    let own = NOTES.iter().find_map(|notes| path.strip_suffix(notes));
    let path = own.unwrap_or(path);
    path.split('/').rev().skip(1).any(|folder| INSTALLED.contains(&folder))
        || INSTALLED_BELOW.iter().any(|folder| path.starts_with(folder) || path.contains(&format!("/{folder}")))
}

/// Files that something was installed from, and whether what they have for development was as well: at least half of
/// it is there, as is at least half of the rest. Files for development alone count beside such ones in the same folder.
fn installed_from<'p>(packages: &'p [Package], installed: &HashSet<Key>) -> HashMap<&'p str, bool> {
    let mut files: BTreeMap<(&str, &str), (Share, Share)> = BTreeMap::new();
    for package in packages.iter().filter(|package| !is_installed(package)) {
        let (own, development) = files.entry((&package.ecosystem, file(package))).or_default();
        let share = if package.development { development } else { own };
        share.count(installed.contains(&key(package)));
    }
    let (whole, rest): (Vec<_>, Vec<_>) = files.into_iter().partition(|(_, (own, _))| own.is_most());
    let folders: HashSet<(&str, &str)> = whole.iter().map(|((kind, file), _)| (*kind, folder(file))).collect();
    let beside =
        rest.iter().filter(|((kind, file), (own, _))| own.all == 0 && folders.contains(&(*kind, folder(file))));
    whole.iter().chain(beside).map(|((_, file), (_, development))| (*file, development.is_most())).collect()
}

/// How much of something is there.
#[derive(Default)]
struct Share {
    all: usize,
    there: usize,
}

impl Share {
    fn count(&mut self, is_there: bool) {
        self.all = self.all.saturating_add(1);
        self.there = self.there.saturating_add(usize::from(is_there));
    }

    fn is_most(&self) -> bool {
        self.all > 0 && self.there.saturating_mul(2) >= self.all
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
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
    fn a_file_for_development_beside_one_that_was_installed_from_adds_nothing() {
        let packages = [
            found(Presence::Installed, "a", "lib/site-packages/a-1.dist-info/METADATA", false),
            found(Presence::Declared, "a", "app/requirements.txt", false),
            found(Presence::Declared, "b", "app/requirements-dev.txt", true),
            found(Presence::Declared, "c", "other/requirements-dev.txt", true),
        ];
        assert_eq!(names(&packages, true), ["a", "a", "c"]);
        assert_eq!(names(&packages, false), ["a", "a", "b", "c"]);
    }

    #[test]
    fn what_is_for_development_and_was_not_installed_says_nothing_of_others() {
        let locked = |name, development| found(Presence::Locked, name, "app/package-lock.json", development);
        let there = |name, path| found(Presence::Installed, name, path, false);
        let packages = [
            there("a", "app/node_modules/a/package.json"),
            there("b", "usr/lib/node_modules/npm/node_modules/b/package.json"),
            locked("a", false),
            locked("b", true),
            locked("c", true),
            locked("d", true),
        ];
        assert_eq!(names(&packages, true), ["a", "b", "a"]);
    }

    #[test]
    fn projects_in_usr_src_are_what_the_image_was_made_for() {
        assert!(!is_foreign("usr/src/app/package-lock.json"));
        assert!(is_foreign("usr/src/rustc-1.63.0/Cargo.lock"));
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
            assert!(is_foreign(path), "{path}");
        }
        assert!(!is_foreign("app/node_modules/.package-lock.json"));
    }
}
