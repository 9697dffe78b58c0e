//! What a package goes by, whatever its version: the text under which data about products are looked up.
//!
//! Owns how a package URL without version becomes the name that the readers of its ecosystem give. The text is
//! `pkg:TYPE/NAME` with that name in its normal form, and is for comparing, not for showing.

use std::str::FromStr;

use packageurl::PackageUrl;
use plimsoll_model::Package;

use crate::{Kind, ecosystem};

/// What a package URL without version names; none when it is no package URL, or not of an ecosystem whose packages are the
/// same everywhere: those of a distribution are its own.
#[must_use]
pub fn identity(purl: &str) -> Option<String> {
    let purl = PackageUrl::from_str(purl).ok()?;
    of(purl.ty(), &name(&purl))
}

/// What a package of an image goes by; none when it is of a distribution.
#[must_use]
pub fn identity_of(package: &Package) -> Option<String> {
    of(&package.ecosystem, &package.name)
}

/// What an entry of a list of packages goes by, version included, so that it can be compared with what is found in an image;
/// none when it is of no ecosystem whose packages are read, or names no version.
#[must_use]
pub fn entry(purl: &str) -> Option<String> {
    let purl = PackageUrl::from_str(purl).ok()?;
    // The namespace of a distribution's package is the distribution, which some tools leave out.
    let is_system = ecosystem(purl.ty())?.kind == Kind::System;
    let name = if is_system { purl.name().to_owned() } else { name(&purl) };
    listed(purl.ty(), &name, purl.version()?)
}

/// What a package of an image goes by in such a list.
#[must_use]
pub fn entry_of(package: &Package) -> Option<String> {
    listed(&package.ecosystem, &package.name, &package.version)
}

/// Without the epoch, which package URLs of RPMs have elsewhere, and those of others sometimes.
fn listed(kind: &str, name: &str, version: &str) -> Option<String> {
    let row = ecosystem(kind).filter(|_| !version.is_empty())?;
    let version = match version.split_once(':') {
        Some((epoch, rest)) if row.kind == Kind::System && epoch.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => version,
    };
    Some(format!("{kind} {} {version}", (row.normal_name)(name)))
}

/// The name as the readers of its ecosystem write it.
pub(crate) fn name(purl: &PackageUrl<'_>) -> String {
    let separator = if purl.ty() == "maven" { ":" } else { "/" };
    match purl.namespace() {
        Some(namespace) => format!("{namespace}{separator}{}", purl.name()),
        None => purl.name().to_owned(),
    }
}

fn of(kind: &str, name: &str) -> Option<String> {
    let row = ecosystem(kind).filter(|row| row.kind == Kind::Language)?;
    Some(format!("pkg:{kind}/{}", (row.normal_name)(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_lists_are_what_is_found() {
        for (purl, ecosystem, name, version) in [
            ("pkg:deb/debian/curl@7.88.1-10?arch=amd64", "deb", "curl", "7.88.1-10"),
            ("pkg:deb/debian/vim@2%3A9.0-1", "deb", "vim", "2:9.0-1"),
            ("pkg:rpm/almalinux/bash@5.1.8-6.el9?epoch=1", "rpm", "bash", "1:5.1.8-6.el9"),
            ("pkg:pypi/django@4.2", "pypi", "Django", "4.2"),
            ("pkg:npm/%40babel/core@7.0.0", "npm", "@babel/core", "7.0.0"),
        ] {
            let found = entry_of(&Package::new(ecosystem, name, version));
            assert!(found.is_some() && entry(purl) == found, "{purl}: {:?} {found:?}", entry(purl));
        }
        assert_ne!(entry("pkg:pypi/django@4.1"), entry("pkg:pypi/django@4.2"));
        for purl in ["pkg:unheard/of@1", "pkg:deb/debian/curl", "curl", ""] {
            assert_eq!(entry(purl), None, "{purl}");
        }
    }

    #[test]
    fn package_urls_and_packages_go_by_the_same() {
        for (purl, ecosystem, name) in [
            ("pkg:pypi/django", "pypi", "Django"),
            ("pkg:npm/%40angular/core", "npm", "@angular/core"),
            ("pkg:maven/org.springframework/spring-core", "maven", "org.springframework:spring-core"),
            ("pkg:nuget/jQuery", "nuget", "jquery"),
            ("pkg:golang/github.com/gorilla/mux", "golang", "github.com/gorilla/mux"),
            ("pkg:generic/python", "generic", "python"),
        ] {
            assert_eq!(identity(purl), identity_of(&Package::new(ecosystem, name, "1")), "{purl}");
            assert!(identity(purl).is_some(), "{purl}");
        }
        for purl in ["pkg:deb/debian/python3", "pkg:docker/library/python", "python", ""] {
            assert_eq!(identity(purl), None, "{purl}");
        }
    }
}
