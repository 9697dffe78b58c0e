//! Which packages a package URL in a VEX document means.
//!
//! Owns the rules: type, namespace and name are equal in the type's normal form; a version that is stated is equal in the
//! ecosystem's order, and none means all; each qualifier that is stated is the package's as well; a sub-path says nothing.

use std::cmp::Ordering;
use std::str::FromStr;

use packageurl::PackageUrl;
use plimsoll_model::{Distro, Package};
use plimsoll_packages::{Ecosystem, ecosystem};

/// A package URL as a pattern for packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// As it was written.
    pub text: String,
    /// Type, and namespace and name in the type's normal form.
    pub key: Key,
    /// Empty: all.
    pub version: String,
    /// Sorted.
    pub qualifiers: Vec<(String, String)>,
}

/// Type, and namespace and name in the type's normal form: what must be equal before anything else counts.
pub type Key = (String, String);

/// How far a pattern and a package agree, the nearest last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Another package.
    No,
    /// Another qualifier: which one.
    Qualifier(String),
    /// Another version than this.
    Version(String),
    /// The pattern means this package.
    Yes,
}

impl Pattern {
    /// Reads a package URL.
    pub fn parse(text: &str) -> Result<Self, String> {
        let purl = PackageUrl::from_str(text).map_err(|error| format!("{text:?} is no package URL: {error}"))?;
        let mut qualifiers: Vec<(String, String)> =
            purl.qualifiers().iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
        qualifiers.sort_unstable();
        Ok(Self {
            text: text.into(),
            key: key(&purl),
            version: purl.version().unwrap_or_default().to_owned(),
            qualifiers,
        })
    }

    /// The value of a qualifier, or empty.
    pub fn qualifier(&self, key: &str) -> &str {
        self.qualifiers.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
    }

    /// How far it means the package, whose own package URL is `own`.
    pub fn fit(&self, package: &Package, own: &Self, distro: Option<&Distro>) -> Fit {
        // A source package is what its binary packages were built from, and is named like them.
        let source = SOURCES.contains(&self.qualifier("arch"));
        let (name, version) = match package.source.as_ref().filter(|_| source) {
            Some(source) => (self.key == own.renamed(&source.name), &source.version),
            None => (self.key == own.key, &package.version),
        };
        if !name {
            return Fit::No;
        }
        if !self.version.is_empty() && !self.is_version(version) {
            return Fit::Version(version.clone());
        }
        let differs = |(key, value): &&(String, String)| !agrees(key, value, package, own, distro, source);
        match self.qualifiers.iter().find(differs) {
            Some((key, value)) => Fit::Qualifier(format!("{key}={value}")),
            None => Fit::Yes,
        }
    }

    /// The key of another package of the same namespace.
    pub fn renamed(&self, name: &str) -> Key {
        let (kind, whole) = &self.key;
        let namespace = whole.rsplit_once('/').map(|(namespace, _)| namespace);
        (kind.clone(), namespace.map_or_else(|| name.to_owned(), |namespace| format!("{namespace}/{name}")))
    }

    /// The type `rpm` has the epoch as a qualifier. Who states none means the version whatever its epoch.
    fn is_version(&self, installed: &str) -> bool {
        let epoch = self.qualifier("epoch");
        let (stated, installed) = match installed.split_once(':') {
            Some((_, bare)) if self.key.0 == "rpm" && epoch.is_empty() && !self.version.contains(':') => {
                (self.version.clone(), bare)
            }
            _ if epoch.is_empty() => (self.version.clone(), installed),
            _ => (format!("{epoch}:{}", self.version), installed),
        };
        stated == installed || order(&self.key.0, &stated, installed) == Some(Ordering::Equal)
    }
}

/// Words for "architecture: source": of rpm, and of deb.
const SOURCES: [&str; 2] = ["src", "source"];

/// Two versions in the order of a package URL type.
pub fn order(kind: &str, left: &str, right: &str) -> Option<Ordering> {
    ecosystem(kind).and_then(|row: &Ecosystem| (row.compare)(left, right))
}

fn key(purl: &PackageUrl<'_>) -> Key {
    let kind = purl.ty();
    let separator = if kind == "maven" { ":" } else { "/" };
    let name = match purl.namespace() {
        Some(namespace) => format!("{namespace}{separator}{}", purl.name()),
        None => purl.name().to_owned(),
    };
    let name = ecosystem(kind).map_or_else(|| name.clone(), |row| (row.normal_name)(&name).into_owned());
    (kind.to_owned(), name)
}

/// Whether a qualifier holds for the package.
fn agrees(key: &str, value: &str, package: &Package, own: &Pattern, distro: Option<&Distro>, source: bool) -> bool {
    let is_part = |whole: &str, part: &str, ends: &[char]| {
        whole.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with(ends))
    };
    match key {
        "arch" => source || own.qualifier("arch") == value,
        // `debian-12` is every point release of it; Ubuntu's own documents have the code name.
        "distro" => {
            is_part(own.qualifier("distro"), value, &['.'])
                || distro.is_some_and(|distro| !distro.codename.is_empty() && distro.codename == value)
        }
        // The version was compared with it.
        "epoch" => true,
        "rpmmod" => package.module.as_deref().is_some_and(|module| is_part(module, value, &[':'])),
        // Lists of packages made by others name the source package so, with or without its version.
        "upstream" => {
            value == package.source_name()
                || package.source.as_ref().is_some_and(|source| value == format!("{}@{}", source.name, source.version))
        }
        // A number that a maker of such lists gives its own entries.
        "package-id" => true,
        // What a package of Maven is unless it says otherwise.
        "type" if own.key.0 == "maven" && own.qualifier("type").is_empty() => value == "jar",
        _ => own.qualifier(key) == value,
    }
}
