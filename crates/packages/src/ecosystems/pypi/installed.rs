//! The files of an installed package beside its metadata, which all lie in `NAME-VERSION.dist-info`:
//! <https://packaging.python.org/en/latest/specifications/recording-installed-packages/>.
//!
//! Owns what the folder's name says, and who asked for the package and where it came from.

use plimsoll_model::{Facts, Input, Malformed, Origin, Package};
use serde::Deserialize;

use super::{is_name, is_version};
use crate::document;

/// The address of one package.
const MOST_BYTES: u64 = 1 << 20;

/// Every package that came as a wheel has this file, so that one whose `METADATA` was removed is not lost.
pub(super) fn read_wheel(input: &Input<'_>) -> Result<Facts, Malformed> {
    Ok(named_by_folder(input.file.path, |package| package))
}

/// There when the user asked for it, rather than another package: nothing but its being there says so.
pub(super) fn read_requested(input: &Input<'_>) -> Result<Facts, Malformed> {
    Ok(named_by_folder(input.file.path, |package| Package { direct: true, ..package }))
}

/// <https://packaging.python.org/en/latest/specifications/direct-url/>, there when no index gave the package.
#[derive(Deserialize)]
struct DirectUrl<'a> {
    #[serde(borrow)]
    url: std::borrow::Cow<'a, str>,
    #[serde(default)]
    archive_info: Option<serde::de::IgnoredAny>,
}

pub(super) fn read_direct_url(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, MOST_BYTES)?;
    let direct: DirectUrl<'_> = document::json(&bytes)?;
    // An archive is what somebody released, often fetched from an index by an earlier step of the build.
    let is_released = direct.archive_info.is_some() && is_release(&direct.url);
    let origin = if is_released { Origin::Unknown } else { Origin::ThirdParty };
    Ok(named_by_folder(input.file.path, |package| Package { origin, ..package }))
}

/// Whether an archive is one that an index may have given: wheels, what lies on the machine itself, and the index's own.
pub(super) fn is_release(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    path.ends_with(".whl") || url.starts_with("file:") || url.starts_with("https://files.pythonhosted.org/")
}

fn named_by_folder(path: &str, describe: impl Fn(Package) -> Package) -> Facts {
    let identity = if is_made_up(path) { None } else { folder_identity(path) };
    let package = identity.map(|(name, version)| describe(Package::new("pypi", name, version)));
    Facts { packages: package.into_iter().collect(), ..Facts::default() }
}

/// Name and version that the folder or file of an installed package is named by: `NAME-VERSION.dist-info`,
/// `NAME-VERSION-py3.11.egg-info`, `NAME-VERSION-py3.11-linux-x86_64.egg`.
pub(super) fn folder_identity(path: &str) -> Option<(String, String)> {
    const ENDINGS: [&str; 4] = [".dist-info", ".DIST-INFO", ".egg-info", ".egg"];
    let stem = path.rsplit('/').find_map(|part| ENDINGS.iter().find_map(|ending| part.strip_suffix(ending)))?;
    let tag = ["-py2", "-py3"].iter().find_map(|tag| stem.find(tag));
    let stem = tag.and_then(|end| stem.get(..end)).unwrap_or(stem);
    let (name, version) = stem.rsplit_once('-')?;
    (is_name(name) && is_version(version)).then(|| (name.to_owned(), version.to_owned()))
}

/// Packages that nothing loads: those that pip has set aside, whose folder it names `~ackage-1.0.dist-info`, and those
/// that tests made up, below a folder of tests inside installed packages or the standard library, as
/// `lib/python3.11/test/test_importlib/data/` has them.
pub(super) fn is_made_up(path: &str) -> bool {
    let mut is_inside = false;
    path.split('/')
        .rev()
        .skip(1)
        .take_while(|part| !is_library(part))
        .for_each(|part| is_inside |= is_tests(part) || part.starts_with('~'));
    is_inside && path.split('/').any(is_library)
}

fn is_library(folder: &str) -> bool {
    matches!(folder, "site-packages" | "dist-packages") || folder.strip_prefix("python").is_some_and(is_number)
}

/// `3`, `3.11`, `3.13t`.
fn is_number(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_digit() || ".t".contains(letter);
    text.starts_with(|first: char| first.is_ascii_digit()) && text.chars().all(is_part)
}

fn is_tests(folder: &str) -> bool {
    matches!(folder, "test" | "tests" | "testing" | "testdata")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_of_folders() {
        for (path, identity) in [
            ("a/PyYAML-5.3.dist-info/METADATA", Some(("PyYAML", "5.3"))),
            ("a/zope.interface-5.0-py3.9-linux-x86_64.egg-info", Some(("zope.interface", "5.0"))),
            ("a/x-1.egg/EGG-INFO/PKG-INFO", Some(("x", "1"))),
            ("a/py-1.11.0.dist-info/WHEEL", Some(("py", "1.11.0"))),
            ("a/x.egg-info/PKG-INFO", None),
            ("a/b", None),
        ] {
            let found = folder_identity(path);
            assert_eq!(found.as_ref().map(|(name, version)| (&**name, &**version)), identity, "{path}");
        }
    }

    #[test]
    fn what_nothing_loads() {
        for (path, is_made_up) in [
            ("usr/lib/python3.11/test/test_importlib/data/x-1.egg/EGG-INFO/PKG-INFO", true),
            ("venv/lib/python3.11/site-packages/a/tests/b-1.dist-info/METADATA", true),
            ("srv/tests/lib/python3.11/site-packages/b-1.dist-info/METADATA", false),
            ("srv/tests/b-1.dist-info/METADATA", false),
            ("venv/lib/python3.11/site-packages/~rllib3-1.25.0.dist-info/METADATA", true),
        ] {
            assert_eq!(super::is_made_up(path), is_made_up, "{path}");
        }
    }

    #[test]
    fn archives_of_an_index() {
        assert!(is_release("file:///wheels/a-1-py3-none-any.whl"));
        assert!(is_release("https://example.org/a-1-py3-none-any.whl#sha256=00"));
        assert!(!is_release("https://example.org/a.zip"));
    }
}
