//! PHP packages that PEAR's installer put in place: <https://pear.php.net/manual/en/guide.users.concepts.php>.
//!
//! Owns its registry, one file a package in PHP's own serialization, and the row of those that are in no other place.
//! Packages of PEAR's own channel are on Packagist under the vendor `pear`, where advisories find them.

use plimsoll_model::{Facts, Input, Malformed, Package, Presence, Reader, Wants};

use crate::language::{LANGUAGE, lower_case};
use crate::{Ecosystem, document, versions};

pub(super) const PEAR: Ecosystem = Ecosystem {
    id: "pear",
    about: "PHP extensions of PECL and packages of other channels, about which nobody publishes advisories; packages of \
            PEAR's own channel are those of the vendor `pear` in `composer`",
    readers: &[Reader {
        id: "pear/registry",
        version: 1,
        wants: Wants::local(&["**/.registry/*.reg", "**/.registry/*/*.reg"]),
        presence: Presence::Installed,
        read,
    }],
    normal_name: lower_case,
    compare: versions::composer::compare,
    satisfies: versions::composer::satisfies,
    advisory_spaces: |_, _| Vec::new(),
    ..LANGUAGE
};

/// Real ones have some hundred kilobytes, most of them lists of files.
const MOST_BYTES: u64 = 16 << 20;
/// Values inside values. Real files have some ten.
const DEEPEST: usize = 64;

fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, MOST_BYTES)?;
    let mut found = Found::default();
    let mut reader = Serialized { bytes: &bytes, at: 0 };
    reader
        .value(&mut Vec::new(), &mut found)
        .ok_or_else(|| Malformed(format!("not PHP's serialization of a package at byte {}", reader.at)))?;
    let Found { name, channel, version, licence } = found;
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_plain(&name) || !is_plain(&version) || name.contains('/') {
        return Err(Malformed(format!("{name:?} {version:?} are no name and version of a package")));
    }
    let mut package = match channel.as_str() {
        "pear.php.net" | "" => Package::new("composer", format!("pear/{}", name.to_lowercase()), version),
        channel => Package::new("pear", format!("{channel}/{name}"), version),
    };
    package.licence = licence;
    Ok(Facts { packages: vec![package], ..Facts::default() })
}

/// What is looked for in the outermost array.
#[derive(Default)]
struct Found {
    name: String,
    channel: String,
    version: String,
    licence: String,
}

impl Found {
    /// `version` is the release's, beside that of the interface; old files have it directly.
    fn take(&mut self, path: &[&[u8]], value: &[u8]) {
        let field = match path {
            [b"name" | b"package"] => &mut self.name,
            [b"channel"] => &mut self.channel,
            [b"version"] | [b"version", b"release"] => &mut self.version,
            [b"license"] | [b"license", b"_content"] => &mut self.licence,
            _ => return,
        };
        if field.is_empty() {
            *field = String::from_utf8_lossy(value.trim_ascii()).into_owned();
        }
    }
}

/// A walk over serialized values (<https://www.php.net/manual/function.serialize.php>).
struct Serialized<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Serialized<'a> {
    /// One value, below the keys of `path`. None when it is none, of an unknown kind, or too deep.
    fn value(&mut self, path: &mut Vec<&'a [u8]>, found: &mut Found) -> Option<()> {
        if self.bytes.get(self.at) != Some(&b'a') {
            let value = self.scalar()?;
            found.take(path, value);
            return Some(());
        }
        self.expect(b"a:")?;
        let count = self.number()?;
        self.expect(b"{")?;
        for _ in 0..count {
            let key = self.scalar()?;
            path.push(key);
            (path.len() <= DEEPEST).then(|| self.value(path, found))??;
            path.pop();
        }
        self.expect(b"}")
    }

    fn scalar(&mut self) -> Option<&'a [u8]> {
        match self.bytes.get(self.at)? {
            b'N' => self.expect(b"N;").map(|()| b"".as_slice()),
            b'i' | b'd' | b'b' => self.until(b';')?.get(2..),
            _ => {
                self.expect(b"s:")?;
                let length = self.number()?;
                self.expect(b"\"")?;
                let text = self.bytes.get(self.at..)?.get(..length)?;
                self.at = self.at.checked_add(length)?;
                self.expect(b"\";").map(|()| text)
            }
        }
    }

    fn number(&mut self) -> Option<usize> {
        std::str::from_utf8(self.until(b':')?).ok()?.parse().ok()
    }

    fn expect(&mut self, text: &[u8]) -> Option<()> {
        self.bytes.get(self.at..)?.starts_with(text).then_some(())?;
        self.at = self.at.checked_add(text.len())?;
        Some(())
    }

    /// What stands before the next such byte, which is skipped.
    fn until(&mut self, byte: u8) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..)?;
        let (before, _) = rest.split_at_checked(memchr::memchr(byte, rest)?)?;
        self.at = self.at.checked_add(before.len())?.checked_add(1)?;
        Some(before)
    }
}
