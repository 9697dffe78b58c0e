//! Go's order of versions: of modules, and of Go itself.
//!
//! Modules follow <https://go.dev/ref/mod#versions>: Semantic Versioning with a `v` in front, which advisories leave out;
//! pseudo-versions are pre-releases, and `+incompatible` is a build, which does not count. Releases of Go are written
//! `go1.21rc1` or `1.21.3` (<https://go.dev/ref/mod#go-mod-file-go>, <https://go.dev/doc/toolchain#version>), and in
//! advisories about the standard library `1.21.0-rc.1`: `1.21rc1` is that here. `1.21` is `1.21.0`, for no release of
//! Go was ever named otherwise by it; as the version of the language in a `go.mod` it would be before `1.21rc1`.

use std::cmp::Ordering;

use super::operators::contains;
use super::semver::{Grammar, Identifier, Version, identifiers};
use super::split_while;

const GRAMMAR: Grammar = Grammar { partial: true, ..Grammar::STRICT };

/// The order of two versions, or `None` when one of them is none (`(devel)`).
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::go;
/// assert_eq!(go::compare("v1.2.3-0.20200101000000-abcdefabcdef", "1.2.3"), Some(Ordering::Less));
/// assert_eq!(go::compare("v2.0.0+incompatible", "2.0.0"), Some(Ordering::Equal));
/// assert_eq!(go::compare("go1.21rc2", "1.21.0-rc.3"), Some(Ordering::Less));
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(Release::parse(left)?.order(&Release::parse(right)?))
}

/// Whether a version meets `v1.2.3`, which in a `go.mod` means that or a later one, or every one of bounds such as
/// `>= 1.2.0, < 1.4.1`, as module queries and advisories write them.
///
/// ```
/// # use plimsoll_packages::versions::go;
/// assert_eq!(go::satisfies("v1.2.3", "v1.4.0"), Some(true));
/// assert_eq!(go::satisfies(">= 1.2.0, < 1.4.0", "v1.4.0"), Some(false));
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    let version = Release::parse(version)?;
    contains(requirement, ">=", |bound| Some(version.order(&Release::parse(bound)?)))
}

struct Release<'a> {
    version: Version<'a>,
    /// The number of a `beta` or `rc` that no dot separates from it; empty for modules.
    number: &'a [u8],
}

impl<'a> Release<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if let Some(toolchain) = text.strip_prefix("go") {
            // What a vendor or the build adds: `go1.21.3-bigcorp`, `go1.21.3 X:boringcrypto`, `go1.24.1+auto`.
            let end = toolchain.find(['-', '+', ' ']).unwrap_or(toolchain.len());
            return Self::read(toolchain.get(..end)?);
        }
        Self::read(text.strip_prefix('v').unwrap_or(text))
    }

    fn read(text: &'a str) -> Option<Self> {
        let (mut version, rest) = Version::read(text.as_bytes(), GRAMMAR)?;
        let (kind, number) = split_while(rest, |byte| byte.is_ascii_lowercase());
        if rest.is_empty() {
            return Some(Self { version, number });
        }
        let is_release = version.parts == 2 && matches!(kind, b"alpha" | b"beta" | b"rc") && !number.is_empty();
        version.pre = kind;
        (is_release && number.iter().all(u8::is_ascii_digit)).then_some(Self { version, number })
    }

    fn order(&self, other: &Self) -> Ordering {
        if self.number.is_empty() && other.number.is_empty() {
            return self.version.order(&other.version);
        }
        let numbers = self.version.numbers.cmp(&other.version.numbers);
        numbers.then_with(|| match (self.version.pre, other.version.pre) {
            ([], _) => Ordering::Greater,
            (_, []) => Ordering::Less,
            _ => self.pre().cmp(other.pre()),
        })
    }

    fn pre(&self) -> impl Iterator<Item = Identifier<'a>> {
        let number = (!self.number.is_empty()).then(|| Identifier::new(self.number));
        identifiers(self.version.pre).chain(number)
    }
}
