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
