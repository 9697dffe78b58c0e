//! What a project asks for itself: `pyproject.toml` (<https://packaging.python.org/en/latest/specifications/pyproject-toml/>,
//! with the tables of Poetry and PDM) and `Pipfile` (<https://github.com/pypa/pipfile>).
//!
//! Owns the names alone: which versions were chosen is in the lock files beside them.

use std::collections::BTreeMap;

use plimsoll_model::Malformed;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::locked::Asked;
use super::normal_name;
use super::requirement::Requirement;
use crate::document;

type Groups = BTreeMap<String, Vec<Entry>>;
type Table = BTreeMap<String, IgnoredAny>;

#[derive(Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[derive(Default)]
struct Pyproject {
    project: Project,
    dependency_groups: Groups,
    tool: Tools,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
struct Project {
    dependencies: Vec<String>,
    optional_dependencies: Groups,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Tools {
    poetry: Poetry,
    pdm: Pdm,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
struct Poetry {
    dependencies: Table,
    dev_dependencies: Table,
    group: BTreeMap<String, PoetryGroup>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PoetryGroup {
    dependencies: Table,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
struct Pdm {
    dev_dependencies: Groups,
}

/// A requirement, or the name of another group to include.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Requirement(String),
    Other(IgnoredAny),
}

pub(super) fn pyproject(bytes: &[u8]) -> Result<Asked, Malformed> {
    let Pyproject { project, dependency_groups, tool } = document::toml(bytes)?;
    let mut asked = Asked::default();
    let poetry = tool.poetry;
    asked.main.extend(project.dependencies.iter().filter_map(|text| name(text)));
    asked.main.extend(grouped(&project.optional_dependencies));
    asked.main.extend(named(&poetry.dependencies));
    asked.development.extend(grouped(&dependency_groups));
    asked.development.extend(grouped(&tool.pdm.dev_dependencies));
    asked.development.extend(named(&poetry.dev_dependencies));
    poetry.group.values().for_each(|group| asked.development.extend(named(&group.dependencies)));
    asked.main.remove("python");
    Ok(asked)
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Pipfile {
    #[serde(default)]
    packages: Table,
    #[serde(default)]
    dev_packages: Table,
}

pub(super) fn pipfile(bytes: &[u8]) -> Result<Asked, Malformed> {
    let Pipfile { packages, dev_packages } = document::toml(bytes)?;
    Ok(Asked { main: named(&packages).collect(), development: named(&dev_packages).collect() })
}

fn name(requirement: &str) -> Option<String> {
    Requirement::parse(requirement).map(|found| normal_name(found.name).into_owned())
}

fn named(table: &Table) -> impl Iterator<Item = String> {
    table.keys().map(|key| normal_name(key).into_owned())
}

fn grouped(groups: &Groups) -> impl Iterator<Item = String> {
    groups.values().flatten().filter_map(|entry| match entry {
        Entry::Requirement(text) => name(text),
        Entry::Other(_) => None,
    })
}
