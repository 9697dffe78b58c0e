//! Documents inside an image that list what is in it: CycloneDX (<https://cyclonedx.org/specification/overview/>) and
//! SPDX 2 (<https://spdx.github.io/spdx-spec/v2.3/>), both as JSON.
//!
//! Owns reading them, and what a package URL becomes. Such a document is the word of who built what lies beside it, so
//! that its packages count as installed; the location says whose word it is. Components without a package URL are left
//! out: nobody's advisories could be asked about them.

use std::borrow::Cow;
use std::str::FromStr;

use packageurl::PackageUrl;
use plimsoll_model::{Facts, Input, Malformed, Package, Presence, Reader, Wants};
use serde::Deserialize;

use crate::document::{self, Loose};
use crate::lines::{Complaints, MOST_PACKAGES};
use crate::{Kind, ecosystem, identity};

/// Where builders put them: names that say what they are, Bitnami's beside each program, those of ActiveState, those that
/// Python packages bring along (<https://peps.python.org/pep-0770/>), and the system's.
pub(crate) const READERS: &[Reader] = &[Reader {
    id: "sbom/json",
    version: 1,
    wants: Wants::local(&[
        "**/*.spdx.json",
        "**/*.cdx.json",
        "opt/bitnami/*/.spdx-*.spdx",
        "**/*.dist-info/sboms/*.json",
        "usr/share/sbom/*.json",
    ]),
    presence: Presence::Installed,
    read,
}];

/// Components inside components.
const DEEPEST: usize = 32;

/// Either of the two formats.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(borrow)]
    bom_format: Option<Cow<'a, str>>,
    #[serde(borrow)]
    spdx_version: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    components: Vec<Component<'a>>,
    #[serde(borrow, default)]
    packages: Vec<Described<'a>>,
}

/// Of CycloneDX.
#[derive(Deserialize)]
struct Component<'a> {
    #[serde(borrow, default)]
    purl: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    cpe: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    components: Vec<Component<'a>>,
}

/// Of SPDX.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described<'a> {
    #[serde(borrow, default)]
    license_declared: Loose<Cow<'a, str>>,
    #[serde(borrow, default)]
    external_refs: Vec<Reference<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference<'a> {
    #[serde(borrow)]
    reference_type: Cow<'a, str>,
    #[serde(borrow)]
    reference_locator: Cow<'a, str>,
}

fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, document::MOST_BYTES)?;
    let document: Document<'_> = document::json(&bytes)?;
    let mut list = List::default();
    match (&document.bom_format, &document.spdx_version) {
        (Some(format), _) if format == "CycloneDX" => list.components(&document.components, 0),
        (_, Some(version)) if version.starts_with("SPDX-2.") => list.described(&document.packages),
        (_, Some(version)) => return Err(Malformed(format!("{version:?} is no version of SPDX that is read"))),
        _ => return Err(Malformed("neither CycloneDX nor SPDX 2".into())),
    }
    list.complaints.settle(Facts { packages: list.packages, ..Facts::default() })
}

/// What a document lists.
#[derive(Default)]
struct List {
    packages: Vec<Package>,
    complaints: Complaints,
}

impl List {
    fn components(&mut self, components: &[Component<'_>], depth: usize) {
        if depth > DEEPEST {
            return self.complaints.push(format!("components inside components, more than {DEEPEST} times; not read"));
        }
        for component in components {
            if let Some(purl) = &component.purl {
                self.take(purl, component.cpe.iter().map(ToString::to_string).collect(), "");
            }
            self.components(&component.components, depth.saturating_add(1));
        }
    }

    fn described(&mut self, packages: &[Described<'_>]) {
        for package in packages {
            let of = |kind: &str| {
                let references = package.external_refs.iter().filter(|reference| reference.reference_type == *kind);
                references.map(|reference| reference.reference_locator.to_string()).collect::<Vec<_>>()
            };
            let licence = package.license_declared.0.as_deref().filter(|licence| *licence != "NOASSERTION");
            for purl in of("purl") {
                self.take(&purl, of("cpe23Type"), licence.unwrap_or_default());
            }
        }
    }

    fn take(&mut self, purl: &str, cpes: Vec<String>, licence: &str) {
        if self.packages.len() >= MOST_PACKAGES {
            return self.complaints.push(format!("more than {MOST_PACKAGES} packages; not read"));
        }
        match package(purl) {
            Ok(package) => {
                self.packages.extend(package.map(|package| Package { cpes, licence: licence.into(), ..package }));
            }
            Err(complaint) => self.complaints.push(complaint),
        }
    }
}

/// The package that a package URL names. None when it names no version, or one of an operating system: which packages of
/// those are there is what their own database says.
fn package(text: &str) -> Result<Option<Package>, String> {
    let purl = PackageUrl::from_str(text).map_err(|error| format!("{text:?} is no package URL: {error}"))?;
    let Some(version) = purl.version().filter(|version| !version.is_empty()) else { return Ok(None) };
    let row = ecosystem(purl.ty());
    if row.is_some_and(|row| row.kind == Kind::System) {
        return Ok(None);
    }
    let mut package = Package::new(purl.ty(), identity::name(&purl), version);
    if row.is_none() {
        text.clone_into(&mut package.purl);
    }
    Ok(Some(package))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_urls_become_packages() {
        let named = |text: &str| {
            let package = package(text).unwrap()?;
            Some(format!("{} {} {}", package.ecosystem, package.name, package.version))
        };
        for (text, expected) in [
            ("pkg:npm/%40babel/core@7.0.0", Some("npm @babel/core 7.0.0")),
            ("pkg:maven/org.slf4j/slf4j-api@1.7.0", Some("maven org.slf4j:slf4j-api 1.7.0")),
            ("pkg:bitnami/redis@7.2.4-0?arch=amd64&distro=debian-12", Some("bitnami redis 7.2.4-0")),
            ("pkg:golang/github.com/a/b@v1.0.0", Some("golang github.com/a/b v1.0.0")),
            ("pkg:generic/curl", None),
            ("pkg:deb/debian/curl@1", None),
        ] {
            assert_eq!(named(text).as_deref(), expected, "{text}");
        }
        assert!(package("not one").is_err());
    }
}
