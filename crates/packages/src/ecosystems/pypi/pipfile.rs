//! `Pipfile.lock` of Pipenv: <https://pipenv.pypa.io/en/latest/pipfile.html>.
//!
//! Owns the format. It has no edges.

use std::collections::BTreeMap;

use plimsoll_model::{Facts, Input, Malformed, Origin, Package};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::locked::{self, Asked, Lock};
use super::project;
use crate::document;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    default: BTreeMap<String, Entry>,
    #[serde(default)]
    develop: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    /// `==1.2`; not there for what comes from a repository or a folder.
    version: Option<String>,
    git: Option<IgnoredAny>,
    path: Option<IgnoredAny>,
    file: Option<String>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let file: File = document::json(&bytes)?;
    let asked = Asked::beside(input, project::pipfile);
    let mut lock = Lock::default();
    for (entries, development) in [(file.default, false), (file.develop, true)] {
        entries.into_iter().filter_map(|entry| package(entry, development)).for_each(|package| lock.add(package));
    }
    lock.mark_direct(asked.as_ref());
    lock.settle()
}

fn package((name, entry): (String, Entry), development: bool) -> Option<Package> {
    let is_elsewhere =
        entry.git.is_some() || entry.path.is_some() || entry.file.is_some_and(|url| locked::is_elsewhere(&url));
    let origin = if is_elsewhere { Origin::ThirdParty } else { Origin::Unknown };
    let version = entry.version?;
    let version = version.trim_start_matches('=').trim();
    Some(Package { origin, development, ..Package::new("pypi", name, version) })
}
