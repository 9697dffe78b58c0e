//! `conda-meta/NAME-VERSION-BUILD.json`, which conda writes into an environment for each package in it.
//!
//! Owns the record. The lists of files in it are not kept: no package of an operating system owns them.

use std::borrow::Cow;

use plimsoll_model::{Dependency, Facts, Input, Malformed, Package};
use serde::Deserialize;

use super::{Build, channel_of};
use crate::document::{self, Loose};

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    version: Cow<'a, str>,
    #[serde(borrow, default, alias = "build_string")]
    build: Cow<'a, str>,
    #[serde(borrow, default)]
    channel: Cow<'a, str>,
    #[serde(borrow, default)]
    subdir: Cow<'a, str>,
    #[serde(borrow, default, rename = "fn")]
    file: Cow<'a, str>,
    #[serde(default)]
    license: Loose<String>,
    #[serde(default)]
    depends: Vec<String>,
    /// What the user asked for that brought it; `None` as a text when nothing did.
    #[serde(default)]
    requested_spec: Loose<String>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let record: Record<'_> = document::json(&bytes)?;
    if record.name.is_empty() && record.version.is_empty() {
        return Ok(Facts::default());
    }
    let build = Build {
        name: &record.name,
        version: &record.version,
        build: &record.build,
        channel: channel_of(&record.channel),
        subdir: &record.subdir,
        kind: if record.file.ends_with(".conda") {
            "conda"
        } else if record.file.ends_with(".tar.bz2") {
            "tar.bz2"
        } else {
            ""
        },
    };
    let package = build
        .package()
        .ok_or_else(|| Malformed(format!("needs a name and a version, not {:?} {:?}", record.name, record.version)))?;
    let direct = record.requested_spec.0.is_some_and(|asked| !asked.is_empty() && asked != "None");
    let mut depends_on: Vec<Dependency> = record.depends.iter().filter_map(|text| need(text)).collect();
    depends_on.sort_unstable();
    depends_on.dedup();
    let package = Package { direct, depends_on, licence: record.license.0.unwrap_or_default(), ..package };
    Ok(Facts { packages: vec![package], ..Facts::default() })
}

/// `name`, `name range` or `name range build`. Names that begin with two underscores are traits of the system.
pub(super) fn need(text: &str) -> Option<Dependency> {
    let (name, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    let requirement = rest.split(' ').next().unwrap_or_default();
    let requirement = if requirement == "*" { "" } else { requirement };
    (!name.is_empty() && !name.starts_with("__"))
        .then(|| Dependency { requirement: requirement.to_owned(), ..Dependency::named(name) })
}
