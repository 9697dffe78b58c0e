//! Installed software.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Package URL types of what operating systems are made of; the rows of `plimsoll_packages::ECOSYSTEMS` are held to it.
const OF_SYSTEMS: [&str; 5] = ["alpm", "apk", "deb", "opkg", "rpm"];

/// A package found in an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Package URL type: `deb`, `rpm`, `apk`, `pypi`… An open set: imported inventories may hold types without a reader.
    pub ecosystem: String,
    /// As the package manager writes it.
    pub name: String,
    /// Whole version text, with epoch and revision where the ecosystem has them.
    pub version: String,
    /// Architecture in the package manager's own words; empty when it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub arch: String,
    /// Package URL; filled when the inventory is put together, for it depends on the distribution.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub purl: String,
    /// RPM modularity label (`nodejs:12:…`), without which modular advisories would match the wrong stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// The package it was built from, when that differs or is what advisories name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourcePackage>,
    /// Who built it.
    #[serde(default)]
    pub origin: Origin,
    /// Vendor or maintainer as the package states it; `origin` is judged from it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub maintainer: String,
    /// Licence as the package states it, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub licence: String,
    /// Whether its maker signed it, where the package manager keeps that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<bool>,
    /// What its makers say of this version when they ask not to use it, as far as a file of the image has it; empty when
    /// they do not, and when nobody knows.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub deprecated: String,
    /// Files that say the package is there, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<Location>,
    /// Index of the layer that brought this version and kept it.
    #[serde(default)]
    pub layer: usize,
    /// Package URL of the operating-system package that owns its files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owned_by: Option<String>,
    /// Whether its files are there, or only a file that names it; not written when they are.
    #[serde(default, skip_serializing_if = "Presence::is_installed")]
    pub presence: Presence,
    /// Needed only to develop, build or test what is in the image.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub development: bool,
    /// The project asks for it by name, rather than some other package.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub direct: bool,
    /// What it needs, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<Dependency>,
    /// The shortest way from what the project asks for to this package, as `name version`, this one not included. Empty
    /// when it is asked for by name, and when nobody knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub introduced_by: Vec<String>,
    /// CPE 2.3 names, of programs that no package manager installed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cpes: Vec<String>,
}

/// What is known of a package being there; the strongest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// Its own files are there.
    #[default]
    Installed,
    /// A lock file names it in this version: an installation from that file has it.
    Locked,
    /// A manifest asks for this very version.
    Declared,
}

impl fmt::Display for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Installed => "installed",
            Self::Locked => "locked",
            Self::Declared => "declared",
        })
    }
}

impl Presence {
    /// Whether its own files are there.
    #[must_use]
    pub fn is_installed(&self) -> bool {
        *self == Self::Installed
    }
}

/// One package's need of another.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dependency {
    /// Name of the package that is needed, in the ecosystem's own words.
    pub name: String,
    /// The version that was chosen, where the file says which; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Which versions would do, in the ecosystem's own range syntax; empty when not stated.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub requirement: String,
}

impl Dependency {
    /// A need of which only the name is known.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// Name and version of a source package.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourcePackage {
    /// Source package name.
    pub name: String,
    /// Its version; may differ from the binary's (Debian binNMUs, Source: name (version)).
    pub version: String,
}

/// Who built a package: the distribution, whose advisories speak about it, or somebody else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The distribution itself.
    Vendor,
    /// Another repository (docker, nginx, EPEL…): the distribution's advisories do not speak about it.
    ThirdParty,
    /// Not stated.
    #[default]
    Unknown,
}

/// A place inside an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// Path relative to the image root, no leading slash; bytes that are not UTF-8 appear as replacement characters.
    pub path: String,
    /// Index of the layer whose copy is meant.
    pub layer: usize,
    /// What this file says of the package; not written when the package is installed there.
    #[serde(default, skip_serializing_if = "Presence::is_installed")]
    pub presence: Presence,
}

impl Location {
    /// A place in some layer, to be named by the core.
    #[must_use]
    pub fn at(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// A place inside this file, when it is an archive: `app.war!/WEB-INF/lib/a.jar`.
    #[must_use]
    pub fn inner(&self, path: &str) -> Self {
        Self { path: format!("{}!/{path}", self.path), layer: self.layer, presence: self.presence }
    }

    /// The file in the image, without a place inside it.
    #[must_use]
    pub fn file(&self) -> &str {
        self.path.split_once("!/").map_or(&self.path, |(file, _)| file)
    }
}

/// The files that one operating-system package put in place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owned {
    /// Name of the owning package, with `:architecture` where the database keeps several; `pkg:TYPE` for files that the
    /// packages of that type list together.
    pub package: String,
    /// Paths relative to the root, one a line: a big image has hundreds of thousands, each allocation would count.
    pub paths: String,
}

impl Package {
    /// A package of which only these three are known.
    #[must_use]
    pub fn new(ecosystem: &str, name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { ecosystem: ecosystem.into(), name: name.into(), version: version.into(), ..Self::default() }
    }

    /// Whether the operating system is made of such packages.
    #[must_use]
    pub fn is_of_system(&self) -> bool {
        OF_SYSTEMS.contains(&self.ecosystem.as_str())
    }

    /// The name under which it is built and upgraded: the source package's where one is known, else its own.
    #[must_use]
    pub fn source_name(&self) -> &str {
        self.source.as_ref().map_or(&self.name, |source| &source.name)
    }

    /// Names a finding of this id about the package: equal in another build of the image, whatever the versions.
    #[must_use]
    pub fn fingerprint(&self, id: &str) -> String {
        let path = self.locations.first().map(|location| location.path.as_str()).unwrap_or_default();
        let path = if self.version.is_empty() { path.to_owned() } else { path.replace(&self.version, "*") };
        crate::fingerprint(&[id, &self.ecosystem, &self.name, &path])
    }

    /// What makes two sightings the same package: ecosystem, name, version, architecture.
    #[must_use]
    pub fn identity(&self) -> (&str, &str, &str, &str) {
        (&self.ecosystem, &self.name, &self.version, &self.arch)
    }
}
