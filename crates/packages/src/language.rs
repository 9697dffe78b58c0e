//! What the package systems of programming languages have in common: a package means the same everywhere, so its
//! advisories and its package URL go by ecosystem, name and version alone.

use std::borrow::Cow;

use plimsoll_model::{Origin, Package, Space};

use crate::inventory::normal_name;
use crate::purl::Purl;
use crate::{Context, Ecosystem, Kind, Named};

/// What a row of a language begins with; each says the rest: `Ecosystem { id: "gem", …, ..LANGUAGE }`.
pub(crate) const LANGUAGE: Ecosystem = Ecosystem {
    id: "",
    about: "",
    kind: Kind::Language,
    readers: &[],
    normal_name: exactly,
    compare: |_, _| None,
    satisfies: |_, _| None,
    advisory_spaces,
    advisory_names,
    origin: |_, _| Origin::Unknown,
    purl,
};

/// Names are compared byte by byte.
pub(crate) fn exactly(name: &str) -> Cow<'_, str> {
    Cow::Borrowed(name)
}

/// Names are compared without case.
pub(crate) fn lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// The ecosystem itself; none for what comes from elsewhere than its public registry, of which the public advisories do
/// not speak even where a name is the same.
pub(crate) fn advisory_spaces(package: &Package, _: &Context<'_>) -> Vec<Space> {
    if package.origin == Origin::ThirdParty { Vec::new() } else { vec![Space(package.ecosystem.clone())] }
}

/// The normal form of its own name, and its version.
pub(crate) fn advisory_names(package: &Package) -> Vec<Named<'_>> {
    vec![Named { name: normal_name(package), version: &package.version }]
}

/// What is before the last slash of a name is its namespace (`@scope/name`, `vendor/name`, `github.com/user/name`).
pub(crate) fn purl(package: &Package, _: &Context<'_>) -> String {
    let (namespace, name) = package.name.rsplit_once('/').unwrap_or(("", &package.name));
    Purl { kind: &package.ecosystem, namespace, name, version: &package.version, ..Purl::default() }.to_string()
}
