//! Version catalogs of Gradle: <https://docs.gradle.org/current/userguide/version_catalogs.html>.

use std::collections::BTreeMap;

use plimsoll_model::{Facts, Input, Malformed, Package};
use serde::Deserialize;

use super::coordinates::{self, is_id, is_version};
use crate::document;
use crate::lines::Complaints;

#[derive(Deserialize)]
struct Catalog {
    #[serde(default)]
    versions: BTreeMap<String, Version>,
    #[serde(default)]
    libraries: BTreeMap<String, Library>,
}

/// A version by itself, in another place, or with conditions.
#[derive(Deserialize)]
#[serde(untagged)]
enum Version {
    Exact(String),
    Rich(Rich),
}

#[derive(Deserialize)]
struct Rich {
    #[serde(rename = "ref")]
    reference: Option<String>,
    strictly: Option<String>,
    require: Option<String>,
    prefer: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Library {
    Notation(String),
    Parts { module: Option<String>, group: Option<String>, name: Option<String>, version: Option<Version> },
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let catalog: Catalog = document::toml(&bytes)?;
    let mut complaints = Complaints::default();
    let mut packages = Vec::new();
    for (alias, library) in &catalog.libraries {
        match catalog.package(library) {
            Ok(package) => packages.extend(package),
            Err(complaint) => complaints.push(format!("library {alias}: {complaint}")),
        }
    }
    complaints.settle(Facts { packages, ..Facts::default() })
}

impl Catalog {
    /// None for a library without a version, which a platform chooses, and for a range, which leaves it to the build.
    fn package(&self, library: &Library) -> Result<Option<Package>, String> {
        let (module, version) = match library {
            Library::Notation(text) => match text.rsplit_once(':') {
                Some((module, version)) if module.contains(':') => (module.to_owned(), Some(version.to_owned())),
                _ => (text.clone(), None),
            },
            Library::Parts { module, group, name, version } => {
                let parts = group.as_ref().zip(name.as_ref()).map(|(group, name)| format!("{group}:{name}"));
                let module = module.clone().or(parts).ok_or("needs a module, or group and name")?;
                (module, version.as_ref().and_then(|version| self.version(version)))
            }
        };
        let (group, artifact) = module.split_once(':').unwrap_or(("", &module));
        if !is_id(group) || !is_id(artifact) {
            return Err(format!("is no module: {module:?}"));
        }
        let is_exact =
            |version: &String| is_version(version) && !version.contains('+') && !version.starts_with("latest.");
        let version = version.filter(is_exact);
        let name = coordinates::name(group, artifact);
        Ok(version.map(|version| Package { direct: true, ..Package::new("maven", name, version) }))
    }

    fn version(&self, version: &Version) -> Option<String> {
        let rich = match version {
            Version::Exact(text) => return Some(text.clone()),
            Version::Rich(rich) => rich,
        };
        let stated =
            |rich: &Rich| rich.strictly.clone().or_else(|| rich.prefer.clone()).or_else(|| rich.require.clone());
        match rich.reference.as_ref().map(|key| self.versions.get(key)) {
            Some(Some(Version::Exact(text))) => Some(text.clone()),
            Some(Some(Version::Rich(rich))) => stated(rich),
            Some(None) => None,
            None => stated(rich),
        }
    }
}
