//! Why a package is there: the way to it from what the project itself asks for.
//!
//! Owns the walk over the edges that readers found. Which versions an edge means is the ecosystem's own range syntax.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};

use plimsoll_model::{Dependency, Package};

use crate::inventory::normal_name;
use crate::{Ecosystem, Kind, ecosystem};

/// Longer ways are cut in the middle of nowhere; real ones have some ten steps.
const LONGEST_WAY: usize = 50;

/// Folders in which a package keeps its own copies of others; nothing but that package loads them.
const CARRIED: &str = "/_vendor/";
/// Places of a package that are compared with those of another: it may lie in thousands.
const MOST_PLACES: usize = 16;
/// Candidates that are weighed for one inventory where several packages have the name that is asked for. Real ones have
/// some 100,000; a hostile one takes the square of its size. What is not weighed leads nowhere.
const MOST_CANDIDATES: usize = 200_000;
/// Bytes of all ways. Real ones have a megabyte.
const MOST_TEXT: usize = 16 << 20;

/// Packages of the languages by ecosystem and normal name.
type Index<'p> = HashMap<(&'p str, String), Vec<usize>>;

/// Fills in [`Package::introduced_by`] of all packages of languages that are needed by others and that the project does
/// not ask for by itself.
pub(crate) fn introduce(packages: &mut [Package]) {
    if !packages.iter().any(|package| package.direct || carried_in(package).is_some()) {
        return;
    }
    let parents = parents(packages);
    let mut room = MOST_TEXT;
    let ways: Vec<Vec<String>> = (0..packages.len()).map(|index| way(packages, &parents, index, &mut room)).collect();
    for (package, way) in packages.iter_mut().zip(ways) {
        package.introduced_by = way;
    }
}

/// Each package's neighbour on a shortest way to what the project asks for; itself for that.
fn parents(packages: &[Package]) -> Vec<Option<usize>> {
    let index = by_name(packages);
    let mut parents: Vec<Option<usize>> = vec![None; packages.len()];
    let mut open: VecDeque<usize> = VecDeque::new();
    for (number, (package, parent)) in packages.iter().zip(&mut parents).enumerate() {
        if package.direct {
            *parent = Some(number);
            open.push_back(number);
        }
    }
    let mut left = MOST_CANDIDATES;
    while let Some(number) = open.pop_front() {
        let Some(package) = packages.get(number) else { continue };
        let Some(row) = ecosystem(&package.ecosystem).filter(|row| row.kind == Kind::Language) else { continue };
        for dependency in &package.depends_on {
            let key = (package.ecosystem.as_str(), (row.normal_name)(&dependency.name).into_owned());
            let Some(candidates) = index.get(&key) else { continue };
            if candidates.len() > 1 {
                let Some(rest) = left.checked_sub(candidates.len()) else { continue };
                left = rest;
            }
            for &needed in &chosen(row, dependency, candidates, (number, packages)) {
                if let Some(parent) = parents.get_mut(needed).filter(|parent| parent.is_none()) {
                    *parent = Some(number);
                    open.push_back(needed);
                }
            }
        }
    }
    for (number, package) in packages.iter().enumerate().filter(|(_, package)| !package.direct) {
        if let (Some(folder), Some(parent)) = (carried_in(package), parents.get_mut(number)) {
            *parent = carrier(folder, package, &index, packages);
        }
    }
    parents
}

/// The folder of the package that has this one inside itself, when it lies nowhere else
/// (`site-packages/pip/_vendor/vendor.txt` → `site-packages/pip`).
fn carried_in(package: &Package) -> Option<&str> {
    let mut folders = package.locations.iter().map(|location| location.path.split_once(CARRIED));
    let (first, _) = folders.next()??;
    folders.all(|folder| folder.is_some()).then_some(first)
}

/// The package whose folder this is: named as it, or in part (`poetry/core`), and installed beside it.
fn carrier(folder: &str, package: &Package, index: &Index<'_>, packages: &[Package]) -> Option<usize> {
    let row = ecosystem(&package.ecosystem)?;
    let (mut base, mut name) = (folder, String::new());
    for _ in 0..2 {
        let (above, last) = base.rsplit_once('/')?;
        name = if name.is_empty() { last.to_owned() } else { format!("{last}-{name}") };
        base = above;
        let key = (package.ecosystem.as_str(), (row.normal_name)(&name).into_owned());
        let is_beside = |number: &&usize| {
            packages.get(**number).is_some_and(|package| {
                carried_in(package).is_none() && package.locations.iter().any(|location| is_below(&location.path, base))
            })
        };
        if let Some(number) = index.get(&key).into_iter().flatten().find(is_beside) {
            return Some(*number);
        }
    }
    None
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn by_name(packages: &[Package]) -> Index<'_> {
    let mut index = Index::new();
    for (number, package) in packages.iter().enumerate() {
        if ecosystem(&package.ecosystem).is_some_and(|row| row.kind == Kind::Language) {
            let key = (package.ecosystem.as_str(), normal_name(package).into_owned());
            index.entry(key).or_default().push(number);
        }
    }
    index
}

/// Those of the packages with the name that are meant: by version, else by range, else all; of several the nearest, for an
/// image may have many trees of packages, and what one needs is not looked for in another.
fn chosen(
    row: &Ecosystem,
    dependency: &Dependency,
    candidates: &[usize],
    (from, packages): (usize, &[Package]),
) -> Vec<usize> {
    let those = |candidates: &[usize], is_meant: &dyn Fn(&Package) -> bool| -> Vec<usize> {
        candidates.iter().copied().filter(|&number| packages.get(number).is_some_and(is_meant)).collect()
    };
    let candidates = those(candidates, &|package| carried_in(package).is_none());
    if candidates.len() < 2 {
        return candidates;
    }
    let meant = if dependency.version.is_empty() {
        those(&candidates, &|package| (row.satisfies)(&dependency.requirement, &package.version) == Some(true))
    } else {
        those(&candidates, &|package| package.version == dependency.version)
    };
    let meant = if meant.is_empty() { candidates } else { meant };
    let Some(from) = packages.get(from).filter(|_| meant.len() > 1) else { return meant };
    let nearest = meant.iter().filter_map(|&number| nearness(from, packages.get(number)?)).max();
    those(&meant, &|package| nearness(from, package) == nearest)
}

/// How near two packages lie: by the folders that they have in common, then by those that they have not.
fn nearness(one: &Package, other: &Package) -> Option<(usize, Reverse<usize>)> {
    one.locations
        .iter()
        .take(MOST_PLACES)
        .flat_map(|left| other.locations.iter().take(MOST_PLACES).map(|right| near(&left.path, &right.path)))
        .max()
}

fn near(one: &str, other: &str) -> (usize, Reverse<usize>) {
    let common = one.split('/').zip(other.split('/')).take_while(|(left, right)| left == right).count();
    let apart = one.split('/').count().max(other.split('/').count()).saturating_sub(common);
    (common, Reverse(apart))
}

fn way(packages: &[Package], parents: &[Option<usize>], from: usize, room: &mut usize) -> Vec<String> {
    let (mut way, mut at) = (Vec::new(), from);
    while let Some(parent) = parents.get(at).copied().flatten().filter(|parent| *parent != at) {
        let Some(package) = packages.get(parent) else { break };
        let size = package.name.len().saturating_add(package.version.len());
        let Some(rest) = room.checked_sub(size) else { break };
        *room = rest;
        way.push(format!("{} {}", package.name, package.version));
        at = parent;
        if way.len() >= LONGEST_WAY {
            break;
        }
    }
    way.reverse();
    way
}

#[cfg(test)]
mod tests {
    use plimsoll_model::Location;

    use super::*;

    fn package(ecosystem: &str, name: &str, version: &str, places: &[&str]) -> Package {
        let locations = places.iter().map(|path| Location::at(*path)).collect();
        Package { locations, ..Package::new(ecosystem, name, version) }
    }

    fn needing(package: Package, name: &str, requirement: &str) -> Package {
        let depends_on = vec![Dependency { requirement: requirement.into(), ..Dependency::named(name) }];
        Package { depends_on, ..package }
    }

    fn ways(mut packages: Vec<Package>) -> Vec<Vec<String>> {
        introduce(&mut packages);
        packages.into_iter().map(|package| package.introduced_by).collect()
    }

    #[test]
    fn what_a_package_carries_inside_itself_comes_through_it_alone() {
        let requests = package("pypi", "requests", "2.29.0", &["s/requests-2.29.0.dist-info/METADATA"]);
        let packages = vec![
            package("pypi", "pip", "23.2.1", &["s/pip-23.2.1.dist-info/METADATA"]),
            Package { direct: true, ..needing(requests, "urllib3", ">=1.21.1,<1.27") },
            package("pypi", "urllib3", "1.26.16", &["s/pip/_vendor/vendor.txt"]),
            package("pypi", "urllib3", "1.26.20", &["s/urllib3-1.26.20.dist-info/METADATA"]),
        ];
        assert_eq!(ways(packages), [vec![], vec![], vec!["pip 23.2.1"], vec!["requests 2.29.0"]]);
    }

    #[test]
    fn a_need_is_answered_by_the_nearest() {
        let express = package("npm", "express", "4.17.1", &["app/node_modules/express/package.json"]);
        let packages = vec![
            Package { direct: true, ..needing(express, "ms", "^2.0.0") },
            package("npm", "ms", "2.0.0", &["app/node_modules/ms/package.json"]),
            package("npm", "ms", "2.1.2", &["usr/lib/node_modules/npm/node_modules/ms/package.json"]),
            package("npm", "ms", "2.1.3", &["app/node_modules/send/node_modules/ms/package.json"]),
        ];
        assert_eq!(ways(packages), [vec![], vec!["express 4.17.1"], vec![], vec![]]);
    }
}
