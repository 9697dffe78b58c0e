//! Packages that Yarn leaves zipped, and loads from there: <https://yarnpkg.com/features/caching>.
//!
//! Owns which archives are such. What is in them are the manifests that lie elsewhere, too.

use plimsoll_model::{Facts, Input, Location, Malformed};

use super::manifest;
use crate::zip::{Archive, Budget};

/// A project's own cache, and the one that all projects of a user share.
pub(super) const PATHS: &[&str] = &["**/.yarn/cache/*.zip", "**/.yarn/berry/cache/*.zip"];

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let budget = Budget::new(input.file.content.size());
    let archive = Archive::open(input.file.content, &budget, &manifest::is_manifest)?;
    let mut facts = Facts { malformed: archive.incomplete.iter().cloned().collect(), ..Facts::default() };
    for entry in &archive.entries {
        let bytes = archive.bytes(entry, manifest::MOST_BYTES)?;
        if let Some(mut package) = manifest::parse(&bytes)? {
            package.locations = vec![Location::at(entry.name.clone())];
            facts.packages.push(package);
        }
    }
    Ok(facts)
}
