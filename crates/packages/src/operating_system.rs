//! What the package systems of operating systems have in common: their advisories and package URLs go by distribution.

use std::borrow::Cow;

use plimsoll_model::{Origin, Package, Space};

use crate::purl::Purl;
use crate::{Context, Named, distro};

/// Package managers compare names byte by byte.
pub(crate) fn normal_name(name: &str) -> Cow<'_, str> {
    Cow::Borrowed(name)
}

/// What these packages need is listed by name alone: distributions keep their parts fit for each other.
pub(crate) fn satisfies(_: &str, _: &str) -> Option<bool> {
    None
}

/// The spaces of the image's distribution; none for packages that somebody else built.
pub(crate) fn advisory_spaces(package: &Package, context: &Context<'_>) -> Vec<Space> {
    if package.origin == Origin::ThirdParty {
        return Vec::new();
    }
    context.distro.map(|distro| distro::spaces(distro, &package.ecosystem)).unwrap_or_default()
}

/// Source package and its version where the package states them, else its own.
pub(crate) fn source_name(package: &Package) -> Vec<Named<'_>> {
    let (name, version) = match &package.source {
        Some(source) => (&source.name, &source.version),
        None => (&package.name, &package.version),
    };
    vec![Named { name: Cow::Borrowed(name), version }]
}

/// Namespace from the distribution, architecture and distribution as qualifiers, name in lower case as the types `deb`,
/// `apk` and `alpm` demand.
pub(crate) fn purl(package: &Package, context: &Context<'_>) -> String {
    let distro = context.distro.map(distro::qualifier).unwrap_or_default();
    Purl {
        kind: &package.ecosystem,
        namespace: context.distro.map_or("", distro::namespace),
        name: &package.name.to_lowercase(),
        version: &package.version,
        qualifiers: &[("arch", &package.arch), ("distro", &distro)],
    }
    .to_string()
}
