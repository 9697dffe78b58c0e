//! .NET packages: <https://learn.microsoft.com/nuget>.
//!
//! Owns the row and what its readers share. Each file format has a module of its own; what an assembly says of itself
//! is no NuGet version, and only `assemblies` deals with that.

mod assemblies;
mod config;
mod deps;
mod lock;
mod manifest;
mod paket;
mod project;

use std::collections::BTreeSet;

use plimsoll_model::{Dependency, Package, Presence, Reader, Wants};

use crate::language::{self, LANGUAGE};
use crate::{Ecosystem, versions};

pub(super) const NUGET: Ecosystem = Ecosystem {
    id: "nuget",
    about: "The packages of .NET and its runtimes: those that are there, that lock files choose, and that projects pin",
    readers: &[
        Reader {
            id: "nuget/deps",
            version: 1,
            wants: Wants::local(&["**/*.deps.json"]),
            presence: Presence::Installed,
            read: deps::read,
        },
        Reader {
            id: "nuget/assembly",
            version: 1,
            wants: Wants::starting(&["**/*.dll", "**/*.exe"], assemblies::STARTS),
            presence: Presence::Installed,
            read: assemblies::read,
        },
        Reader {
            id: "nuget/nuspec",
            version: 1,
            // Where restored packages and tools are unpacked; elsewhere one is the source of a package.
            wants: Wants::local(&["**/.nuget/packages/*/*/*.nuspec", "**/tools/.store/*/*/*/*/*.nuspec"]),
            presence: Presence::Installed,
            read: manifest::read,
        },
        Reader {
            id: "nuget/lock",
            version: 1,
            wants: Wants::local(&["**/packages.lock.json", "**/packages.*.lock.json"]),
            presence: Presence::Locked,
            read: lock::read,
        },
        Reader {
            id: "nuget/assets",
            version: 1,
            wants: Wants::local(&["**/obj/project.assets.json"]),
            presence: Presence::Locked,
            read: lock::read_assets,
        },
        Reader {
            id: "nuget/paket",
            version: 1,
            wants: Wants::local(&["**/paket.lock"]),
            presence: Presence::Locked,
            read: paket::read,
        },
        Reader {
            id: "nuget/packages-config",
            version: 1,
            wants: Wants::local(&["**/packages.config", "**/packages.*.config"]),
            presence: Presence::Locked,
            read: config::read,
        },
        Reader {
            id: "nuget/project",
            version: 1,
            wants: Wants::local(&["**/*.csproj", "**/*.fsproj", "**/*.vbproj"]),
            presence: Presence::Declared,
            read: project::read,
        },
        Reader {
            id: "nuget/central",
            version: 1,
            wants: Wants::local(&["**/Directory.Packages.props", "**/Packages.props", "**/Directory.Build.props"]),
            presence: Presence::Declared,
            read: project::read,
        },
    ],
    normal_name: language::lower_case,
    compare: versions::nuget::compare,
    satisfies: versions::nuget::satisfies,
    ..LANGUAGE
};

/// What a package needs, each once. The versions beside the names are ranges, or what was chosen.
fn dependencies<'t>(needs: impl Iterator<Item = &'t str>) -> Vec<Dependency> {
    needs.collect::<BTreeSet<_>>().into_iter().map(Dependency::named).collect()
}

/// A package of the public gallery; none without an id as the gallery has them, or without a version.
fn package(name: &str, version: &str) -> Option<Package> {
    let is_id = !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || "._-".contains(letter));
    let is_version = version.starts_with(|first: char| first.is_ascii_alphanumeric());
    (is_id && is_version).then(|| Package::new("nuget", name, version))
}

/// The version of a range that allows exactly one (`[1.2.3]`), or of one that NuGet takes the lowest of (`1.2.3`):
/// <https://learn.microsoft.com/nuget/concepts/package-versioning#version-ranges>. None for all others, for properties
/// (`$(Version)`) and for what floats (`1.*`).
fn pinned(requirement: &str) -> Option<&str> {
    let requirement = requirement.trim();
    let inside = requirement.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(requirement).trim();
    let is_version = inside.starts_with(|first: char| first.is_ascii_digit())
        && inside.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(&byte));
    is_version.then_some(inside)
}

#[cfg(test)]
mod tests {
    use super::{package, pinned};

    #[test]
    fn only_exact_versions_are_pins() {
        for (requirement, version) in [
            ("13.0.1", Some("13.0.1")),
            (" [2.0.123] ", Some("2.0.123")),
            ("1.0-rc.1+build", Some("1.0-rc.1+build")),
            ("1.*", None),
            ("[1.0,2.0)", None),
            ("(1.0,)", None),
            ("$(Version)", None),
            ("", None),
        ] {
            assert_eq!(pinned(requirement), version, "{requirement}");
        }
    }

    #[test]
    fn ids_are_those_of_the_gallery() {
        assert!(package("Microsoft.NETCore.App.Runtime.linux-x64", "8.0.1").is_some());
        for (name, version) in [("", "1"), ("a", ""), ("@(Items)", "1"), ("a b", "1"), ("a", "$(Version)")] {
            assert!(package(name, version).is_none(), "{name} {version}");
        }
    }
}
