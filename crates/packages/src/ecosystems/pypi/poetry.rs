//! `poetry.lock`, of all versions of Poetry: <https://python-poetry.org/docs/basic-usage/#installing-with-poetrylock>.
//!
//! Owns the format: with a `category` for each package at first, with `groups` since 2.0, with neither between, where
//! `pyproject.toml` beside it tells what is for development.

use std::collections::BTreeMap;

use plimsoll_model::{Dependency, Facts, Input, Malformed, Origin, Package};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::locked::{self, Asked, Lock};
use super::project;
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
    category: String,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    dependencies: BTreeMap<String, Need>,
    source: Option<Source>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    url: String,
}

/// A range, a table with one, or several of either for different systems.
#[derive(Deserialize)]
#[serde(untagged)]
enum Need {
    Range(String),
    Table { version: Option<String> },
    Several(Vec<Need>),
    Other(IgnoredAny),
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let file: File = document::toml(&document::bytes(input.file.content, document::MOST_BYTES)?)?;
    let asked = Asked::beside(input, project::pyproject);
    let tells_groups = file.package.iter().any(|entry| !entry.category.is_empty() || !entry.groups.is_empty());
    let mut lock = Lock::default();
    file.package.into_iter().for_each(|entry| lock.add(package(entry)));
    lock.mark_direct(asked.as_ref());
    if let Some(asked) = asked.filter(|_| !tells_groups) {
        lock.mark_development(&asked);
    }
    lock.settle()
}

fn package(entry: Entry) -> Package {
    let is_elsewhere = |source: &Source| match source.kind.as_str() {
        "git" | "directory" => true,
        "file" | "url" => locked::is_elsewhere(&source.url) && source.kind == "url",
        _ => false,
    };
    let origin = if entry.source.as_ref().is_some_and(is_elsewhere) { Origin::ThirdParty } else { Origin::Unknown };
    let is_not_main = |group: &String| group != "main";
    let development = entry.category == "dev" || !entry.groups.is_empty() && entry.groups.iter().all(is_not_main);
    let mut depends_on = Vec::new();
    for (name, need) in &entry.dependencies {
        add_edges(name, need, &mut depends_on);
    }
    Package { origin, development, depends_on, ..Package::new("pypi", entry.name, entry.version) }
}

fn add_edges(name: &str, need: &Need, edges: &mut Vec<Dependency>) {
    let requirement = match need {
        Need::Several(needs) => return needs.iter().for_each(|need| add_edges(name, need, edges)),
        Need::Range(range) => range.as_str(),
        Need::Table { version } => version.as_deref().unwrap_or_default(),
        Need::Other(_) => "",
    };
    // `*` is Poetry's own word for any version.
    let requirement = if requirement == "*" { "" } else { requirement };
    edges.push(Dependency { requirement: requirement.to_owned(), ..Dependency::named(name) });
}
