//! Whose advisories an image will need, from the files that were read so far.
//!
//! Owns the guess. It may be wrong: what it foretells is fetched early, and the inventory alone decides what is asked.

use std::collections::BTreeSet;

use plimsoll_model::{Facts, Presence, Reader, Release, Space};

use crate::{Context, Kind, distro, ecosystem};

/// What was said so far that bears on it.
#[derive(Debug, Default)]
pub struct Foretold {
    releases: Vec<(String, Release)>,
    /// Ecosystems of languages of which a package was seen: the next one says the same.
    ecosystems: BTreeSet<String>,
}

/// The spaces that what a reader said of one file lets expect, each of them once or a few times. Files that only name
/// packages do not count: in an image most of them add nothing to what is installed.
pub fn foretell(so_far: &mut Foretold, reader: &Reader, path: &str, facts: &Facts) -> BTreeSet<Space> {
    let mut spaces = BTreeSet::new();
    if !facts.releases.is_empty() {
        so_far.releases.extend(facts.releases.iter().map(|release| (path.to_owned(), release.clone())));
        spaces.extend(distro::choose(&so_far.releases).iter().flat_map(distro::all_spaces));
    }
    if reader.presence != Presence::Installed {
        return spaces;
    }
    for package in &facts.packages {
        let row = ecosystem(&package.ecosystem).filter(|row| row.kind == Kind::Language);
        if let Some(row) = row.filter(|_| !so_far.ecosystems.contains(&package.ecosystem)) {
            so_far.ecosystems.insert(package.ecosystem.clone());
            spaces.extend((row.advisory_spaces)(package, &Context::default()));
        }
    }
    spaces
}

#[cfg(test)]
mod tests {
    use plimsoll_model::Package;

    use super::*;
    use crate::readers;

    fn told(so_far: &mut Foretold, id: &str, path: &str, facts: &Facts) -> Vec<String> {
        let reader = readers().into_iter().find(|reader| reader.id == id).unwrap();
        foretell(so_far, reader, path, facts).into_iter().map(|space| space.0).collect()
    }

    #[test]
    fn the_release_and_the_first_package_of_a_language_tell() {
        let mut so_far = Foretold::default();
        let fields = [("id", "debian"), ("version_id", "12")].map(|(key, value)| (key.into(), value.into())).into();
        let release = Facts { releases: vec![Release { fields }], ..Facts::default() };
        assert_eq!(told(&mut so_far, "distro/os-release", "etc/os-release", &release), ["debian:12"]);
        let package = Facts { packages: vec![Package::new("pypi", "flask", "3.0")], ..Facts::default() };
        assert_eq!(told(&mut so_far, "pypi/wheel", "a/METADATA", &package), ["pypi"]);
        assert!(told(&mut so_far, "pypi/wheel", "b/METADATA", &package).is_empty());
        let locked = Facts { packages: vec![Package::new("npm", "express", "4.0.0")], ..Facts::default() };
        assert!(told(&mut so_far, "npm/package-lock", "package-lock.json", &locked).is_empty());
    }
}
