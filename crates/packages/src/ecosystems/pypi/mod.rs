//! Python packages: <https://packaging.python.org/en/latest/specifications/>.
//!
//! Owns what is particular to Python's packages: their names, and the files of installed and of locked ones. What a
//! requirement says is in `requirement.rs`, each family of files in a module of its own. SBOMs inside packages (PEP 770)
//! are read as every other SBOM.

mod archive;
mod installed;
mod locked;
mod metadata;
mod pdm;
mod pipfile;
mod poetry;
mod project;
mod pylock;
mod requirement;
mod requirements;
mod setup;
mod uv;
mod vendored;

use std::borrow::Cow;
use std::cmp::Ordering;

use plimsoll_model::{Facts, Input, Malformed, Package, Presence, Reader, Wants};

use crate::language::LANGUAGE;
use crate::purl::Purl;
use crate::{Context, Ecosystem, versions};

pub(super) const PYPI: Ecosystem = Ecosystem {
    id: "pypi",
    about: "Python packages, installed by pip and its kin, vendored inside others, or named by lock files",
    readers: &[
        Reader {
            id: "pypi/metadata",
            version: 1,
            wants: Wants::local(&[
                "**/*.dist-info/METADATA",
                "**/*.DIST-INFO/METADATA",
                "**/*.egg-info/PKG-INFO",
                "**/*.egg-info",
                "**/EGG-INFO/PKG-INFO",
            ]),
            presence: Presence::Installed,
            read: metadata::read,
        },
        Reader {
            id: "pypi/wheel",
            version: 1,
            wants: Wants::local(&["**/*.dist-info/WHEEL"]),
            presence: Presence::Installed,
            read: installed::read_wheel,
        },
        Reader {
            id: "pypi/requested",
            version: 1,
            wants: Wants::local(&["**/*.dist-info/REQUESTED"]),
            presence: Presence::Installed,
            read: installed::read_requested,
        },
        Reader {
            id: "pypi/direct-url",
            version: 1,
            wants: Wants::local(&["**/*.dist-info/direct_url.json"]),
            presence: Presence::Installed,
            read: installed::read_direct_url,
        },
        Reader {
            id: "pypi/archive",
            version: 1,
            // A zip archive, or one behind the first line of a script.
            wants: Wants::starting(&["**/*.egg", "**/*.pex", "**/*.pyz"], &[b"PK\x03\x04", b"#!"]),
            presence: Presence::Installed,
            read: archive::read,
        },
        Reader {
            id: "pypi/vendored",
            version: 1,
            wants: Wants::local(&["**/_vendor/vendor.txt", "**/_vendor/vendored.txt", "**/vendor/vendor.txt"]),
            presence: Presence::Installed,
            read: vendored::read,
        },
        Reader {
            id: "pypi/requirements",
            version: 1,
            wants: Wants::local(&["**/*requirements*.txt", "**/requirements/*.txt"]),
            presence: Presence::Declared,
            read: requirements::read,
        },
        Reader {
            id: "pypi/setup",
            version: 1,
            wants: Wants::local(&["**/setup.py"]),
            presence: Presence::Declared,
            read: setup::read,
        },
        lock("pypi/pipfile-lock", &["**/Pipfile.lock"], &["Pipfile"], pipfile::read),
        lock("pypi/poetry-lock", &["**/poetry.lock"], &["pyproject.toml"], poetry::read),
        lock("pypi/pdm-lock", &["**/pdm.lock"], &["pyproject.toml"], pdm::read),
        lock("pypi/pylock", &["**/pylock.toml", "**/pylock.*.toml"], &["pyproject.toml"], pylock::read),
        lock("pypi/uv-lock", &["**/uv.lock"], &[], uv::read),
    ],
    normal_name,
    compare: versions::pypi::compare,
    satisfies: versions::pypi::satisfies,
    purl,
    ..LANGUAGE
};

/// A lock file, with the file beside it that says what the project itself asks for.
const fn lock(
    id: &'static str,
    paths: &'static [&'static str],
    with: &'static [&'static str],
    read: fn(&Input<'_>) -> Result<Facts, Malformed>,
) -> Reader {
    Reader { id, version: 1, wants: Wants { with, ..Wants::local(paths) }, presence: Presence::Locked, read }
}

/// Lower case, and runs of `-`, `_` and `.` are one `-`: <https://peps.python.org/pep-0503/#normalized-names>.
pub(super) fn normal_name(name: &str) -> Cow<'_, str> {
    let is_mark = |byte: u8| matches!(byte, b'-' | b'_' | b'.');
    let is_normal = !name.bytes().any(|byte| matches!(byte, b'_' | b'.') || byte.is_ascii_uppercase())
        && name.is_ascii()
        && !name.contains("--");
    if is_normal {
        return Cow::Borrowed(name);
    }
    let mut normal = String::with_capacity(name.len());
    for letter in name.chars() {
        match u8::try_from(letter).is_ok_and(is_mark) {
            true if normal.ends_with('-') => {}
            true => normal.push('-'),
            false => normal.extend(letter.to_lowercase()),
        }
    }
    Cow::Owned(normal)
}

/// The name in normal form, as the type demands: <https://github.com/package-url/purl-spec/blob/main/types/pypi-definition.json>.
fn purl(package: &Package, _: &Context<'_>) -> String {
    let name = normal_name(&package.name);
    Purl { kind: "pypi", name: &name, version: &package.version, ..Purl::default() }.to_string()
}

/// Whether this can be the name of a package: <https://packaging.python.org/en/latest/specifications/name-normalization/>.
fn is_name(name: &str) -> bool {
    let is_edge = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    is_edge(name.bytes().next())
        && is_edge(name.bytes().last())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Whether this can be a version: no more than that it is one word.
fn is_version(version: &str) -> bool {
    !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The package that a requirement pins to one version, as other ecosystems' files have them.
pub(crate) fn pinned(requirement: &str) -> Option<Package> {
    let found = requirement::Requirement::parse(requirement)?;
    Some(Package::new("pypi", found.name, found.pin()?))
}

/// Whether two texts are one version, whatever way it is written.
fn is_same_version(left: &str, right: &str) -> bool {
    left == right || versions::pypi::compare(left, right) == Some(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_normal_form() {
        for (name, normal) in [
            ("requests", "requests"),
            ("Zope.Interface", "zope-interface"),
            ("a__b-.c", "a-b-c"),
            ("a--b", "a-b"),
            ("É", "é"),
        ] {
            assert_eq!(normal_name(name), normal);
        }
    }

    #[test]
    fn names_and_what_is_none() {
        for name in ["a", "zope.interface", "A-b_c.9"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "-a", "a.", "a b", "a/b", "é"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
