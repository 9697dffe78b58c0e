//! Why a package is there: the way to it from what the project itself asks for.
//!
//! Owns the walk over the edges that readers found. Which versions an edge means is the ecosystem's own range syntax.

use std::collections::{HashMap, VecDeque};

use plimsoll_model::{Dependency, Package};

use crate::inventory::normal_name;
use crate::{Ecosystem, Kind, ecosystem};

/// Longer ways are cut in the middle of nowhere; real ones have some ten steps.
const LONGEST_WAY: usize = 50;

/// Packages of the languages by ecosystem and normal name.
type Index<'p> = HashMap<(&'p str, String), Vec<usize>>;

/// Fills in [`Package::introduced_by`] of all packages of languages that are needed by others and that the project does
/// not ask for by itself.
pub(crate) fn introduce(packages: &mut [Package]) {
    if !packages.iter().any(|package| package.direct) {
        return;
    }
    let parents = parents(packages);
    let ways: Vec<Vec<String>> = (0..packages.len()).map(|index| way(packages, &parents, index)).collect();
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
    while let Some(number) = open.pop_front() {
        let Some(package) = packages.get(number) else { continue };
        let Some(row) = ecosystem(&package.ecosystem).filter(|row| row.kind == Kind::Language) else { continue };
        for dependency in &package.depends_on {
            let key = (package.ecosystem.as_str(), (row.normal_name)(&dependency.name).into_owned());
            let Some(candidates) = index.get(&key) else { continue };
            for &needed in &chosen(row, dependency, candidates, packages) {
                if let Some(parent) = parents.get_mut(needed).filter(|parent| parent.is_none()) {
                    *parent = Some(number);
                    open.push_back(needed);
                }
            }
        }
    }
    parents
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

/// Those of the packages with the name that are meant: by version, else by range, else all.
fn chosen(row: &Ecosystem, dependency: &Dependency, candidates: &[usize], packages: &[Package]) -> Vec<usize> {
    if candidates.len() < 2 {
        return candidates.to_vec();
    }
    let those = |is_meant: &dyn Fn(&Package) -> bool| -> Vec<usize> {
        candidates.iter().copied().filter(|&number| packages.get(number).is_some_and(is_meant)).collect()
    };
    let meant = if dependency.version.is_empty() {
        those(&|package| (row.satisfies)(&dependency.requirement, &package.version) == Some(true))
    } else {
        those(&|package| package.version == dependency.version)
    };
    if meant.is_empty() { candidates.to_vec() } else { meant }
}

fn way(packages: &[Package], parents: &[Option<usize>], from: usize) -> Vec<String> {
    let (mut way, mut at) = (Vec::new(), from);
    while let Some(parent) = parents.get(at).copied().flatten().filter(|parent| *parent != at) {
        let Some(package) = packages.get(parent) else { break };
        way.push(format!("{} {}", package.name, package.version));
        at = parent;
        if way.len() >= LONGEST_WAY {
            break;
        }
    }
    way.reverse();
    way
}
