//! Packages that run from within a zip archive: eggs, and whole programs
//! (<https://docs.python.org/3/library/zipapp.html>, PEX, shiv).
//!
//! Owns which entries count. Wheels are no such archives: they are what is installed from, and Python does not load them.

use plimsoll_model::{Facts, Input, Location, Malformed, Package};

use super::{installed, metadata};
use crate::lines::{Complaints, MOST_PACKAGES};
use crate::zip::{Archive, Budget};

/// Metadata of one package, its long description included.
const MOST_BYTES: u64 = 8 << 20;

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    if installed::is_made_up(input.file.path) {
        return Ok(Facts::default());
    }
    let budget = Budget::new(input.file.content.size());
    let archive = Archive::open(input.file.content, &budget, &is_metadata)?;
    let mut complaints = Complaints::default();
    let mut packages = Vec::new();
    for entry in archive.entries.iter().take(MOST_PACKAGES) {
        // An egg is named as its folder would be.
        let path = format!("{}/{}", input.file.path, entry.name);
        let package = archive.bytes(entry, MOST_BYTES).map(|bytes| metadata::package(&bytes, &path, &mut complaints));
        match package {
            Ok(package) => packages.extend(package.map(|package| at(package, &entry.name))),
            Err(error) => complaints.push(error.0),
        }
    }
    archive.incomplete.into_iter().for_each(|reason| complaints.push(reason));
    complaints.settle(Facts { packages, ..Facts::default() })
}

fn is_metadata(name: &str) -> bool {
    let (folder, file) = name.rsplit_once('/').unwrap_or_default();
    match file {
        "METADATA" => folder.ends_with(".dist-info"),
        "PKG-INFO" => folder == "EGG-INFO" || folder.ends_with(".egg-info"),
        _ => false,
    }
}

fn at(package: Package, path: &str) -> Package {
    Package { locations: vec![Location::at(path)], ..package }
}
