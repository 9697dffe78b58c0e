//! What an ecosystem is: one row of constant data and functions.
//!
//! Owns the shape of the row. The rows are in `ecosystems/`, one file each.

use std::borrow::Cow;
use std::cmp::Ordering;

use plimsoll_model::{Distro, Origin, Package, Reader, Space};

/// A package system. Everything that differs between ecosystems is in its row; nothing else branches on the id.
#[derive(Debug)]
pub struct Ecosystem {
    /// Package URL type.
    pub id: &'static str,
    /// What it is and where it is found, one sentence for the manual.
    pub about: &'static str,
    /// Whether its packages make up a distribution.
    pub kind: Kind,
    /// How its packages are found in files.
    pub readers: &'static [Reader],
    /// A name as it is compared: of two names with the same normal form one means the same package.
    pub normal_name: fn(&str) -> Cow<'_, str>,
    /// The ecosystem's own order of versions. `None` when one of them is no version: the matcher makes a gap of it.
    pub compare: fn(&str, &str) -> Option<Ordering>,
    /// Whether a version is in a range, in the syntax of the ecosystem's manifests; `None` when it is not understood.
    pub satisfies: fn(requirement: &str, version: &str) -> Option<bool>,
    /// Whose advisories speak about the package. None when nobody's are known to: a gap as well.
    pub advisory_spaces: fn(&Package, &Context<'_>) -> Vec<Space>,
    /// Under which names advisories speak about it, and which version they mean.
    pub advisory_names: fn(&Package) -> Vec<Named<'_>>,
    /// Who built it.
    pub origin: fn(&Package, &Context<'_>) -> Origin,
    /// Its package URL.
    pub purl: fn(&Package, &Context<'_>) -> String,
}

/// What sort of packages an ecosystem has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The packages of operating systems: what they are called and who speaks about them goes by distribution.
    System,
    /// The packages of a programming language: the same everywhere.
    Language,
}

/// What an answer about a package depends on beside the package itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The distribution of the image.
    pub distro: Option<&'a Distro>,
}

/// A name that advisories use, with the version that they mean by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<'a> {
    /// Name, normalised as the ecosystem's advisories write it.
    pub name: Cow<'a, str>,
    /// Version to compare with their ranges.
    pub version: &'a str,
}
