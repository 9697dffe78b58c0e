//! Which package of the operating system a file belongs to, and which of these files a later layer replaced.
//!
//! Asked of every scan, so it goes once over the lists of the packages and looks at no bytes.

use plimsoll_layers::{ContentId, Finder, Kind, Place, Tree};
use plimsoll_model::{Owned, Package};
use rustc_hash::{FxHashMap, FxHashSet};

/// Where programs and libraries of the operating system are. What lies elsewhere are settings, documents, data.
pub const PROGRAMS: &[&str] = &["bin/", "lib", "opt/", "sbin/", "usr/bin/", "usr/lib", "usr/sbin/"];

/// Beginnings of paths where nobody looks for a program.
const DULL: &[&str] = &["etc/", "usr/include/", "var/"];
/// The same below `usr/share`, where most of a system's files are.
const DULL_SHARED: &[&str] = &["doc/", "i18n/", "icons/", "info/", "locale/", "man/", "zoneinfo/"];

/// A file of a package, or what stands in its place, that a later layer brought than the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// As the package manager lists it.
    pub path: String,
    /// What is there now.
    pub place: Place,
    /// Packages that list it, as positions in the inventory.
    pub owners: Vec<usize>,
}

/// Who owns what.
#[derive(Debug, Default)]
pub struct Ownership {
    /// Position of the first package that lists a file, of the files that were asked for.
    pub owners: FxHashMap<ContentId, usize>,
    /// By path.
    pub replaced: Vec<Replaced>,
    /// Whether a package that brought texts of its licence has one of them still, by its position.
    pub notices: FxHashMap<usize, bool>,
}

/// Goes through the lists of all packages. `asked` are files whose owner somebody wants to know.
pub fn ownership(tree: &Tree, lists: &[Owned], packages: &[Package], asked: &FxHashSet<ContentId>) -> Ownership {
    let named = named(packages);
    let mut found = Ownership::default();
    let mut late: FxHashMap<&str, Replaced> = FxHashMap::default();
    let mut finder = Finder::new(tree);
    for list in lists {
        let Some(&owner) = named.get(list.package.as_str()) else { continue };
        let layer = packages.get(owner).map_or(0, |package| package.layer);
        for path in list.paths.lines() {
            match look(path) {
                Look::Dull => continue,
                Look::Notice => {
                    let is_there = found.notices.entry(owner).or_default();
                    *is_there = *is_there || finder.find(path.as_bytes()).is_some();
                    continue;
                }
                Look::File => {}
            }
            // A link in the place of a file is another file; of folders, most layers bring some anew.
            let Some(place) = finder.find(path.as_bytes()).filter(|place| place.kind != Kind::Folder) else { continue };
            if asked.contains(&place.content) {
                found.owners.entry(place.content).or_insert(owner);
            }
            if usize::from(place.content.layer) > layer && is_program(path) {
                late.insert(merged(path), Replaced { path: path.to_owned(), place, owners: Vec::new() });
            }
        }
    }
    if !late.is_empty() {
        name_owners(lists, &named, &mut late);
    }
    // One that came with the file, by a diversion say, put it there.
    let layer = |owner: &usize| packages.get(*owner).map_or(0, |package| package.layer);
    found.replaced = late
        .into_values()
        .filter(|file| file.owners.iter().all(|owner| layer(owner) < usize::from(file.place.content.layer)))
        .collect();
    found.replaced.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Every package that lists one of these files.
fn name_owners<'a>(lists: &'a [Owned], named: &FxHashMap<String, usize>, files: &mut FxHashMap<&'a str, Replaced>) {
    for list in lists {
        let Some(&owner) = named.get(list.package.as_str()) else { continue };
        for path in list.paths.lines() {
            if let Some(file) = files.get_mut(merged(path)) {
                file.owners.push(owner);
            }
        }
    }
}

/// Packages of the operating system by the names that lists have.
fn named(packages: &[Package]) -> FxHashMap<String, usize> {
    let mut named = FxHashMap::default();
    for (position, package) in packages.iter().enumerate() {
        if package.is_of_system() && package.presence.is_installed() {
            named.entry(package.name.clone()).or_insert(position);
            named.insert(format!("{}:{}", package.name, package.arch), position);
        }
    }
    named
}

/// What is to be done with a path, by its beginning.
enum Look {
    File,
    /// The text of a package's licence, where Debian and others keep it.
    Notice,
    Dull,
}

fn look(path: &str) -> Look {
    match path.strip_prefix("usr/share/") {
        Some(shared) if shared.starts_with("licenses/") => Look::Notice,
        Some(shared) if shared.starts_with("doc/") && shared.ends_with("/copyright") => Look::Notice,
        Some(shared) if DULL_SHARED.iter().any(|folder| shared.starts_with(folder)) => Look::Dull,
        None if DULL.iter().any(|folder| path.starts_with(folder)) => Look::Dull,
        _ => Look::File,
    }
}

/// What Python compiles anew whenever it likes is no program that somebody changed.
fn is_program(path: &str) -> bool {
    PROGRAMS.iter().any(|folder| path.starts_with(folder)) && !path.ends_with(".pyc")
}

/// Packages from before `/usr` was merged list `/lib/x` for what is in `/usr/lib/x`.
fn merged(path: &str) -> &str {
    plimsoll_packages::merged(path)
}
