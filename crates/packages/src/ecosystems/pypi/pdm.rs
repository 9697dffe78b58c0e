//! `pdm.lock`: <https://pdm-project.org/en/latest/usage/lockfile/>.
//!
//! Owns the format. A package with extras is there twice, once with and once without.

use plimsoll_model::{Facts, Input, Malformed, Origin, Package};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::locked::{self, Asked, Lock};
use super::project;
use super::requirement::Requirement;
use crate::document;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    package: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    #[serde(default)]
    dependencies: Vec<String>,
    git: Option<IgnoredAny>,
    path: Option<String>,
    url: Option<String>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let file: File = document::toml(&document::bytes(input.file.content, document::MOST_BYTES)?)?;
    let asked = Asked::beside(input, project::pyproject);
    let mut lock = Lock::default();
    file.package.into_iter().for_each(|entry| lock.add(package(entry)));
    lock.mark_direct(asked.as_ref());
    if let Some(asked) = asked {
        lock.mark_development(&asked);
    }
    lock.settle()
}

fn package(entry: Entry) -> Package {
    let is_local = entry.path.is_some_and(|path| !path.ends_with(".whl"));
    let is_elsewhere = entry.git.is_some() || is_local || entry.url.is_some_and(|url| locked::is_elsewhere(&url));
    let origin = if is_elsewhere { Origin::ThirdParty } else { Origin::Unknown };
    let needs = entry.dependencies.iter().filter_map(|text| Requirement::parse(text));
    let depends_on = needs.map(|needed| needed.dependency()).collect();
    Package { origin, depends_on, ..Package::new("pypi", entry.name, entry.version) }
}
