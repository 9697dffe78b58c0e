//! What of a package URL says which package, and which version of it.
//!
//! Owns comparison by text alone: names are in the inventory in their normal form, and whoever writes one by hand copies
//! it from a report.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// A package URL in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Coordinates {
    /// `pkg:deb/debian/openssl`, without percent signs.
    pub(crate) name: String,
    /// Its version, or empty.
    pub(crate) version: String,
    /// `arch=amd64`, in order.
    pub(crate) qualifiers: Vec<String>,
}

impl Coordinates {
    /// The parts of a package URL; what is none is a name as a whole.
    pub(crate) fn of(purl: &str) -> Self {
        let (purl, _) = purl.split_once('#').unwrap_or((purl, ""));
        let (path, qualifiers) = purl.split_once('?').unwrap_or((purl, ""));
        // The version's sign stands behind the last slash; in a namespace (`@angular`) it may be written plainly.
        let split = path.rsplit_once('@').filter(|(name, version)| !version.contains('/') && !name.ends_with('/'));
        let (name, version) = split.unwrap_or((path, ""));
        let mut qualifiers: Vec<String> = qualifiers.split('&').filter(|part| !part.is_empty()).map(decoded).collect();
        qualifiers.sort();
        Self { name: decoded(name), version: decoded(version), qualifiers }
    }

    /// Whether what these state holds for another package: its name, and version and qualifiers where they are stated.
    pub(crate) fn cover(&self, other: &Self) -> bool {
        self.is_named_as(other)
            && (self.version.is_empty() || self.version == other.version)
            && self.qualifiers.iter().all(|qualifier| other.qualifiers.contains(qualifier))
    }

    /// Whether both are the same package, whatever its version.
    pub(crate) fn is_named_as(&self, other: &Self) -> bool {
        self.name.eq_ignore_ascii_case(&other.name)
    }
}

/// The text without percent signs; one that escapes nothing stays.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::Coordinates;

    #[test]
    fn names_and_versions_are_told_apart() {
        let of = |purl: &str| {
            let Coordinates { name, version, .. } = Coordinates::of(purl);
            (name, version)
        };
        let pair = |name: &str, version: &str| (name.to_owned(), version.to_owned());
        assert_eq!(
            of("pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64"),
            pair("pkg:deb/debian/openssl", "3.0.11-1~deb12u2")
        );
        assert_eq!(of("pkg:npm/%40angular/core@17.0.0"), pair("pkg:npm/@angular/core", "17.0.0"));
        assert_eq!(of("pkg:npm/@angular/core"), pair("pkg:npm/@angular/core", ""));
        assert_eq!(of("pkg:deb/x@1%3A2.0"), pair("pkg:deb/x", "1:2.0"));
        assert_eq!(of("%zz%"), pair("%zz%", ""));
        assert_eq!(of("pkg:deb/%FF"), pair("pkg:deb/%FF", ""));
    }

    #[test]
    fn what_is_stated_has_to_hold() {
        let there = Coordinates::of("pkg:deb/debian/openssl@3.0?arch=amd64&distro=debian-12");
        assert!(Coordinates::of("pkg:deb/debian/openssl").cover(&there));
        assert!(Coordinates::of("pkg:deb/debian/openssl@3.0?arch=amd64").cover(&there));
        assert!(!Coordinates::of("pkg:deb/debian/openssl@3.1").cover(&there));
        assert!(!Coordinates::of("pkg:deb/debian/openssl?arch=arm64").cover(&there));
        assert!(!Coordinates::of("pkg:deb/ubuntu/openssl").cover(&there));
    }
}
