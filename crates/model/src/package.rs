//! Installed software.

use serde::{Deserialize, Serialize};

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
    /// Files that say the package is there, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<Location>,
    /// Index of the layer that brought this version and kept it.
    #[serde(default)]
    pub layer: usize,
    /// Package URL of the operating-system package that owns its files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owned_by: Option<String>,
    /// Names of packages that it needs, as it states them, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
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
}

/// The files that one operating-system package put in place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owned {
    /// Name of the owning package, with `:architecture` where the database keeps several.
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

    /// The name under which it is built and upgraded: the source package's where one is known, else its own.
    #[must_use]
    pub fn source_name(&self) -> &str {
        self.source.as_ref().map_or(&self.name, |source| &source.name)
    }

    /// What makes two sightings the same package: ecosystem, name, version, architecture.
    #[must_use]
    pub fn identity(&self) -> (&str, &str, &str, &str) {
        (&self.ecosystem, &self.name, &self.version, &self.arch)
    }
}
