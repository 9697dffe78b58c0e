//! `pylock.toml`, the lock file that all installers may read: <https://packaging.python.org/en/latest/specifications/pylock-toml/>.
//!
//! Owns the format. Its edges are optional; few tools write them.

use plimsoll_model::{Dependency, Facts, Input, Malformed, Origin, Package};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::locked::{self, Asked, Lock};
use super::project;
use crate::document;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    packages: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    /// Not there for what is built from a folder.
    version: Option<String>,
    #[serde(default)]
    marker: String,
    #[serde(default)]
    dependencies: Vec<Need>,
    vcs: Option<IgnoredAny>,
    directory: Option<IgnoredAny>,
    archive: Option<Archive>,
}

#[derive(Deserialize)]
struct Archive {
    url: Option<String>,
}

#[derive(Deserialize)]
struct Need {
    name: Option<String>,
    version: Option<String>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let file: File = document::toml(&document::bytes(input.file.content, document::MOST_BYTES)?)?;
    let asked = Asked::beside(input, project::pyproject);
    let mut lock = Lock::default();
    file.packages.into_iter().filter_map(package).for_each(|package| lock.add(package));
    lock.mark_direct(asked.as_ref());
    lock.settle()
}

fn package(entry: Entry) -> Option<Package> {
    let is_archive_elsewhere =
        entry.archive.and_then(|archive| archive.url).is_some_and(|url| locked::is_elsewhere(&url));
    let is_elsewhere = entry.vcs.is_some() || entry.directory.is_some() || is_archive_elsewhere;
    let origin = if is_elsewhere { Origin::ThirdParty } else { Origin::Unknown };
    // A group asked for by default has no marker: what is left needs to be asked for when installing.
    let development = entry.marker.contains("in dependency_groups") && !entry.marker.contains("in extras");
    let needs = entry.dependencies.into_iter();
    let depends_on = needs
        .filter_map(|need| {
            Some(Dependency { version: need.version.unwrap_or_default(), ..Dependency::named(need.name?) })
        })
        .collect();
    Some(Package { origin, development, depends_on, ..Package::new("pypi", entry.name, entry.version?) })
}
