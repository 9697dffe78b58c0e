//! Conda packages: <https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html>.
//!
//! Owns the row, and what a package of a channel is called. A conda package with a Python program inside has Python's own
//! metadata as well, of which Python's advisories speak; nobody publishes any of conda packages.

mod environment;
mod lock;
mod meta;

use plimsoll_model::{Package, Presence, Reader, Wants};

use crate::language::LANGUAGE;
use crate::purl::Purl;
use crate::{Context, Ecosystem, versions};

pub(super) const CONDA: Ecosystem = Ecosystem {
    id: "conda",
    about: "Conda packages of all channels, in the root and in other environments; nobody publishes advisories of them",
    readers: &[
        Reader {
            id: "conda/meta",
            version: 1,
            wants: Wants::local(&["**/conda-meta/*.json"]),
            presence: Presence::Installed,
            read: meta::read,
        },
        Reader {
            id: "conda/environment",
            version: 1,
            wants: Wants::local(&["**/environment*.yml", "**/environment*.yaml"]),
            presence: Presence::Declared,
            read: environment::read,
        },
        Reader {
            id: "conda/lock",
            version: 1,
            wants: Wants::local(&["**/*conda-lock.yml", "**/*conda-lock.yaml", "**/pixi.lock"]),
            presence: Presence::Locked,
            read: lock::read,
        },
        Reader {
            id: "conda/explicit",
            version: 1,
            wants: Wants::local(&["**/conda-*.lock"]),
            presence: Presence::Locked,
            read: lock::read_explicit,
        },
    ],
    compare: versions::conda::compare,
    satisfies: versions::conda::satisfies,
    advisory_spaces: |_, _| Vec::new(),
    purl,
    ..LANGUAGE
};

/// As the reader wrote it, for only its file knows build and channel.
fn purl(package: &Package, _: &Context<'_>) -> String {
    if package.purl.is_empty() {
        return Purl { kind: "conda", name: &package.name, version: &package.version, ..Purl::default() }.to_string();
    }
    package.purl.clone()
}

/// What identifies one file of a channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Build<'a> {
    name: &'a str,
    version: &'a str,
    build: &'a str,
    channel: &'a str,
    subdir: &'a str,
    /// Ending of the file, `conda` or `tar.bz2`.
    kind: &'a str,
}

impl<'a> Build<'a> {
    /// `https://HOST/…/CHANNEL/SUBDIR/NAME-VERSION-BUILD.conda`.
    fn of_address(address: &'a str) -> Option<Self> {
        let address = address.split(['#', '?']).next().unwrap_or(address);
        let (folder, file) = address.rsplit_once('/')?;
        let (stem, kind) =
            ["conda", "tar.bz2"].iter().find_map(|kind| Some((file.strip_suffix(kind)?.strip_suffix('.')?, *kind)))?;
        let (rest, build) = stem.rsplit_once('-')?;
        let (name, version) = rest.rsplit_once('-')?;
        let (channel, subdir) = folder.rsplit_once('/')?;
        Some(Self { name, version, build, channel: channel_of(channel), subdir, kind })
    }

    /// The package; none without a name and a version.
    fn package(self) -> Option<Package> {
        let Self { name, version, build, channel, subdir, kind } = self;
        let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_word(name) || !is_word(version) {
            return None;
        }
        let qualifiers = [("build", build), ("channel", channel), ("subdir", subdir), ("type", kind)];
        let purl = Purl { kind: "conda", name, version, qualifiers: &qualifiers, ..Purl::default() }.to_string();
        Some(Package { purl, ..Package::new("conda", name, version) })
    }
}

/// The name of a channel, which may be given as an address: `https://registry.invalid/conda-forge/linux-64`.
fn channel_of(channel: &str) -> &str {
    let channel = channel.trim_end_matches('/');
    let last = channel.rsplit('/').next().unwrap_or(channel);
    if is_subdir(last) && last.len() < channel.len() {
        return channel_of(channel.strip_suffix(last).unwrap_or(channel));
    }
    last
}

/// `linux-64`, `osx-arm64`, `noarch`.
fn is_subdir(text: &str) -> bool {
    text == "noarch" || ["linux-", "osx-", "win-", "emscripten-", "wasi-"].iter().any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_builds() {
        let found = Build::of_address(
            "https://registry.invalid/conda-forge/linux-64/ca-certificates-2023.7.22-hbcca054_0.conda#f5",
        );
        let expected = Build {
            name: "ca-certificates",
            version: "2023.7.22",
            build: "hbcca054_0",
            channel: "conda-forge",
            subdir: "linux-64",
            kind: "conda",
        };
        assert_eq!(found, Some(expected));
        assert_eq!(Build::of_address("https://example.org/a.whl"), None);
        assert_eq!(Build::of_address("https://example.org/a-1.conda"), None);
    }

    #[test]
    fn channels_by_name() {
        for (channel, name) in [
            ("conda-forge", "conda-forge"),
            ("pkgs/main/linux-64", "main"),
            ("https://registry.invalid/conda-forge/", "conda-forge"),
            ("noarch", "noarch"),
        ] {
            assert_eq!(channel_of(channel), name);
        }
    }
}
