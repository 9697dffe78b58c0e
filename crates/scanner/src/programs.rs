//! Programs of the final tree: whose they are, how they were built, and what of the code a user can write.

use std::collections::{BTreeMap, HashSet};

use plimsoll_layers::{ContentId, Finder, Kind, Tree};
use plimsoll_model::{ElfTraits, Facts, Location, Package, SeenProgram, WritableCode};
use plimsoll_packages::is_foreign;

use crate::ownership::Ownership;

/// Endings of code that an interpreter or a virtual machine runs.
const CODE: &[&str] = &[
    "cjs", "class", "dll", "ear", "ex", "exs", "jar", "js", "jsp", "lua", "mjs", "node", "php", "pl", "pm", "py",
    "pyc", "rb", "sh", "so", "ts", "war",
];
/// Folders that many programs share, so that one which is known says nothing of its neighbours.
const SHARED: &[&str] = &["", "usr", "usr/local", "opt", "home", "root", "srv", "app"];
/// Folders in which the programs of an installation are.
const INSIDE: &[&str] = &["bin", "sbin", "lib", "libexec"];

/// Package URL types of what is a whole installation: programs that no package manager brought, and what Bitnami unpacks.
const INSTALLATIONS: &[&str] = &["bitnami", "generic"];

/// A program as its reader saw it.
pub struct Elf<'a> {
    location: &'a Location,
    traits: &'a ElfTraits,
    content: ContentId,
}

/// The programs that readers saw.
pub fn elves<'a>(tree: &Tree, said: &'a [(Location, Facts)]) -> Vec<Elf<'a>> {
    let mut finder = Finder::new(tree);
    let elf = |(location, facts): &'a (Location, Facts)| {
        let traits = facts.elf.as_deref()?;
        let place = finder.find(location.path.as_bytes()).filter(|place| place.kind == Kind::File)?;
        Some(Elf { location, traits, content: place.content })
    };
    said.iter().filter_map(elf).collect()
}

impl Elf<'_> {
    /// Where its bytes come from.
    pub fn content(&self) -> ContentId {
        self.content
    }
}

/// What is told of them.
pub fn seen(tree: &Tree, elves: &[Elf<'_>], ownership: &Ownership, packages: &[Package]) -> Vec<SeenProgram> {
    let known = Known::of(packages);
    let one = |elf: &Elf<'_>| {
        let owner = ownership.owners.get(&elf.content).and_then(|owner| packages.get(*owner));
        let path = &elf.location.path;
        let (open_paths, relative_paths) = run_paths(tree, path, &elf.traits.run_paths);
        SeenProgram {
            path: path.clone(),
            layer: elf.location.layer,
            package: owner.map_or_else(String::new, |package| package.name.clone()),
            known: owner.is_none() && known.has(path),
            traits: elf.traits.clone(),
            open_paths,
            relative_paths,
        }
    };
    elves.iter().map(one).collect()
}

/// Files that say themselves what they are, and folders of installations that are known.
struct Known<'a> {
    files: HashSet<&'a str>,
    folders: HashSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(packages: &'a [Package]) -> Self {
        let installed = || packages.iter().filter(|package| package.presence.is_installed());
        let places = |package: &'a Package| package.locations.iter().map(|location| location.file());
        let files = installed().flat_map(places).collect();
        // A program, or an SBOM, speaks for the installation that it is in; a module or an archive does not.
        let is_whole = |package: &&Package| INSTALLATIONS.contains(&package.ecosystem.as_str());
        let folders = installed().filter(is_whole).flat_map(places).filter_map(installation).collect();
        Self { files, folders }
    }

    fn has(&self, path: &str) -> bool {
        self.files.contains(path) || is_foreign(path) || above(path).any(|folder| self.folders.contains(folder))
    }
}

/// The folder of an installation of its own that a file belongs to: `opt/java` of `opt/java/lib/server/libjvm.so`.
fn installation(path: &str) -> Option<&str> {
    let inside = above(path).find(|folder| {
        let (_, name) = folder.rsplit_once('/').unwrap_or(("", folder));
        !INSIDE.contains(&name) && !folder.ends_with("/lib/server")
    })?;
    let is_own = inside.contains('/')
        && !SHARED.contains(&inside)
        && !inside.starts_with("usr/lib")
        && !inside.starts_with("var/");
    (is_own && (inside.starts_with("opt/") || inside.starts_with("usr/local/"))).then_some(inside)
}

/// The folders above a file, the innermost first.
fn above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(path.rsplit_once('/').map(|(folder, _)| folder), |folder| {
        folder.rsplit_once('/').map(|(folder, _)| folder)
    })
}

/// Of the folders that a program looks for libraries in: those that anybody may write or make, and those that depend on
/// where it is started.
fn run_paths(tree: &Tree, program: &str, folders: &[String]) -> (Vec<String>, Vec<String>) {
    let own = program.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (mut open, mut relative) = (Vec::new(), Vec::new());
    for folder in folders {
        let at_origin = folder.strip_prefix("$ORIGIN").or_else(|| folder.strip_prefix("${ORIGIN}"));
        let path = match at_origin {
            Some(rest) => format!("/{own}{rest}"),
            None => folder.clone(),
        };
        if !path.starts_with('/') {
            relative.push(if folder.is_empty() { ".".to_owned() } else { folder.clone() });
        } else if is_open(tree, &path) {
            open.push(folder.clone());
        }
    }
    (open, relative)
}

/// Whether anybody may put files into a folder, make it, or put another in its place.
fn is_open(tree: &Tree, path: &str) -> bool {
    let mut at = String::new();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let mut mode = tree.resolve(b"").map_or(0o755, |root| root.mode);
    for part in &parts {
        // What `$LIB` and the like stand for depends on the machine.
        if part.contains('$') {
            break;
        }
        let next = format!("{at}/{part}");
        let Some(folder) = tree.resolve(next.as_bytes()).filter(|entry| entry.kind == Kind::Folder) else {
            return mode & 0o002 != 0;
        };
        // Where the sticky bit is, what is there stays.
        if mode & 0o1002 == 0o002 {
            return true;
        }
        (at, mode) = (next, folder.mode);
    }
    mode & 0o002 != 0
}

/// Code that a user can write, by the folder of the root or one in it.
pub fn writable(tree: &Tree, uid: u32, groups: &[u32]) -> Vec<WritableCode> {
    let mut folders: BTreeMap<String, WritableCode> = BTreeMap::new();
    for entry in tree.writable_by(uid, groups) {
        let path = String::from_utf8_lossy(&entry.path).into_owned();
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_code = name.rsplit_once('.').is_some_and(|(_, ending)| CODE.binary_search(&ending).is_ok());
        if !is_code && entry.mode & 0o111 == 0 {
            continue;
        }
        let folder: Vec<&str> = path.split('/').take(2).collect();
        let folder = if folder.len() < 2 || folder.get(1) == Some(&name) {
            folder.first().copied().unwrap_or_default().to_owned()
        } else {
            folder.join("/")
        };
        let found = folders.entry(folder).or_default();
        found.files = found.files.saturating_add(1);
        if found.path.is_empty() || path < found.path {
            (found.path, found.layer) = (path, entry.layer);
        }
    }
    folders.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_is_a_folder_of_its_own() {
        for (path, expected) in [
            ("opt/java/openjdk/lib/server/libjvm.so", Some("opt/java/openjdk")),
            ("opt/java/openjdk/bin/java", Some("opt/java/openjdk")),
            ("usr/local/go/bin/go", Some("usr/local/go")),
            ("usr/local/bin/app", None),
            ("usr/bin/python3.11", None),
            ("usr/lib/jvm/x/lib/libjvm.so", None),
            ("app/server", None),
            ("opt/tool", None),
        ] {
            assert_eq!(installation(path), expected, "{path}");
        }
    }

    #[test]
    fn endings_are_sorted() {
        assert!(CODE.is_sorted());
    }
}
