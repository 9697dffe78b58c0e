//! Which OSV ecosystems are read, as which spaces, and how names are written in them.
//!
//! Owns the table. Ecosystem names are those of the OSV schema
//! (<https://ossf.github.io/osv-schema/#affectedpackage-field>).

use plimsoll_model::Space;

use crate::feeds::{Covers, Role};

/// An ecosystem whose archive is read.
#[derive(Debug)]
pub struct Ecosystem {
    /// OSV's name for it, without the part after the first colon.
    pub name: &'static str,
    spaces: Spaces,
    /// A name as the space's packages are looked up by.
    pub normalise: fn(&str) -> String,
    /// Usual size of its archive in bytes.
    pub size: u64,
    /// What the archive is to its spaces.
    pub role: Role,
}

/// How an ecosystem's text becomes a space.
#[derive(Debug)]
enum Spaces {
    /// Always this one: a language or a rolling release. What follows the name is a registry, whose packages have names
    /// of the same space.
    One(&'static str),
    /// A release of one of these distributions: by what follows the name, and the package URL beside it.
    Releases(&'static [&'static str], fn(suffix: &str, purl: &str) -> Option<String>),
}

/// Not here, and why: `GIT`, `OSS-Fuzz` and `Linux` name commits and kernels, not packages; `GHC` and `Root` have no
/// packages that a reader would find under these names; `SUSE` and `Red Hat` tie names to products and repositories,
/// which their own feeds tell better.
pub const ECOSYSTEMS: &[Ecosystem] = &[
    // Distributions. Where the vendor's own feed says the same for each release, the archive of all releases is not
    // fetched unless it is asked for. Debian's has the notices, which the tracker does not name.
    releases("AlmaLinux", &["almalinux"], |release, _| numbered("almalinux", release), 12_000_000, Role::Vendor),
    releases("Alpine", &["alpine"], alpine, 10_000_000, Role::OnRequest),
    rolling("Chainguard", "chainguard", 30_000_000, Role::OnRequest),
    releases("Debian", &["debian"], debian, 70_000_000, Role::Supplement),
    rolling("Echo", "echo", 2_000_000, Role::OnRequest),
    releases("Mageia", &["mageia"], |release, _| numbered("mageia", release), 10_000_000, Role::Vendor),
    rolling("MinimOS", "minimos", 10_000_000, Role::OnRequest),
    releases("Photon OS", &["photon"], |release, _| numbered("photon", release), 5_000_000, Role::OnRequest),
    releases("Rocky Linux", &["rocky"], |release, _| numbered("rocky", release), 10_000_000, Role::Vendor),
    releases("Ubuntu", &["ubuntu"], ubuntu, 300_000_000, Role::OnRequest),
    rolling("Wolfi", "wolfi", 30_000_000, Role::OnRequest),
    releases("openEuler", &["openeuler"], |release, _| numbered("openeuler", release), 30_000_000, Role::Vendor),
    releases("openSUSE", &["opensuse-leap", "opensuse-tumbleweed"], opensuse, 100_000_000, Role::OnRequest),
    // Languages: the space is the type in package URLs.
    language("Bitnami", "bitnami", str::to_lowercase, 8_000_000),
    language("CRAN", "cran", str::to_owned, 50_000),
    language("Go", "golang", str::to_lowercase, 5_000_000),
    language("Hackage", "hackage", str::to_owned, 100_000),
    language("Hex", "hex", str::to_lowercase, 300_000),
    language("Julia", "julia", str::to_owned, 3_000_000),
    language("Maven", "maven", str::to_owned, 12_000_000),
    language("NuGet", "nuget", str::to_lowercase, 4_000_000),
    language("Packagist", "composer", str::to_lowercase, 10_000_000),
    language("Pub", "pub", str::to_lowercase, 100_000),
    language("PyPI", "pypi", pep_503, 25_000_000),
    language("RubyGems", "gem", str::to_owned, 4_000_000),
    language("SwiftURL", "swift", str::to_lowercase, 100_000),
    language("crates.io", "cargo", str::to_owned, 2_000_000),
    language("npm", "npm", str::to_owned, 200_000_000),
];

const fn releases(
    name: &'static str,
    distributions: &'static [&'static str],
    space: fn(&str, &str) -> Option<String>,
    size: u64,
    role: Role,
) -> Ecosystem {
    Ecosystem { name, spaces: Spaces::Releases(distributions, space), normalise: str::to_owned, size, role }
}

const fn rolling(name: &'static str, space: &'static str, size: u64, role: Role) -> Ecosystem {
    Ecosystem { name, spaces: Spaces::One(space), normalise: str::to_owned, size, role }
}

const fn language(name: &'static str, space: &'static str, normalise: fn(&str) -> String, size: u64) -> Ecosystem {
    Ecosystem { name, spaces: Spaces::One(space), normalise, size, role: Role::Vendor }
}

impl Ecosystem {
    /// One of a publisher who is not OSV but writes records of its form.
    pub const fn of_publisher(
        name: &'static str,
        spaces: &'static [&'static str],
        space: fn(&str, &str) -> Option<String>,
        normalise: fn(&str) -> String,
    ) -> Self {
        Self { name, spaces: Spaces::Releases(spaces, space), normalise, size: 0, role: Role::Vendor }
    }

    /// What the archive covers: of a language everything, of a distribution those releases that it turns out to name.
    pub fn covers(&self) -> Covers {
        match self.spaces {
            Spaces::One(space) => Covers::Exactly([Space(space.into())].into()),
            Spaces::Releases(distributions, _) => Covers::AnyRelease(distributions),
        }
    }

    /// Whose opinions a record holds whose id does not tell.
    pub fn publisher(&self) -> &'static str {
        match self.spaces {
            Spaces::Releases([distribution, ..], _) => distribution,
            _ => "osv",
        }
    }

    /// The space that a record means by this ecosystem text, or none when it is another ecosystem's or not understood.
    pub fn space(&self, ecosystem: &str, purl: &str) -> Option<Space> {
        let suffix = match ecosystem.strip_prefix(self.name)? {
            "" => "",
            rest => rest.strip_prefix(':')?,
        };
        match self.spaces {
            Spaces::One(space) => Some(Space(space.into())),
            Spaces::Releases(_, space) => space(suffix, purl).map(Space),
        }
    }
}

/// `9` → `almalinux:9`.
fn numbered(distribution: &str, release: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (!release.is_empty() && release.bytes().all(plain))
        .then(|| format!("{distribution}:{}", release.to_ascii_lowercase()))
}

/// `v3.18` → `alpine:3.18`.
fn alpine(release: &str, _: &str) -> Option<String> {
    numbered("alpine", release.strip_prefix('v').unwrap_or(release))
}

/// `11` → `debian:11`; `6.0` → `debian:6`, for its second number was that of an update, except in 3.0 and 3.1.
fn debian(release: &str, _: &str) -> Option<String> {
    match release.strip_suffix(".0") {
        Some(major) if major != "3" => numbered("debian", major),
        _ => numbered("debian", release),
    }
}

/// `22.04:LTS` → `ubuntu:22.04`; what only a subscription delivers has a space of its own for each channel:
/// `Pro:16.04:LTS` → `ubuntu:16.04+esm-infra`, `ubuntu:16.04+esm-apps`, `Pro:FIPS-updates:22.04:LTS` →
/// `ubuntu:22.04+fips-updates`. Which of the Pro archives is meant stands only in the package URL; without one, and for
/// a channel of an unknown name, it is `+pro`.
fn ubuntu(suffix: &str, purl: &str) -> Option<String> {
    let parts: Vec<&str> = suffix.split(':').filter(|part| *part != "LTS").collect();
    match parts.as_slice() {
        [release] => numbered("ubuntu", release),
        ["Pro", release] => Some(format!("{}+{}", numbered("ubuntu", release)?, ubuntu_channel(purl))),
        ["Pro", channel, release] => {
            Some(format!("{}+{}", numbered("ubuntu", release)?, numbered("", channel)?.strip_prefix(':')?))
        }
        _ => None,
    }
}

/// The channel in `…?arch=source&distro=esm-infra/xenial`; the oldest is written `trusty/esm`.
fn ubuntu_channel(purl: &str) -> &'static str {
    let query = purl.split_once('?').map_or("", |(_, query)| query);
    let distro = query.split('&').find_map(|pair| pair.strip_prefix("distro=")).unwrap_or_default();
    let channels = [
        ("esm-infra-legacy/", "esm-infra-legacy"),
        ("esm-infra/", "esm-infra"),
        ("esm-apps/", "esm-apps"),
        ("trusty/esm", "esm-infra"),
    ];
    channels.iter().find(|(start, _)| distro.starts_with(start)).map_or("pro", |(_, channel)| channel)
}

/// `Leap 15.5` → `opensuse-leap:15.5`; `Tumbleweed` → `opensuse-tumbleweed`.
fn opensuse(suffix: &str, _: &str) -> Option<String> {
    match suffix.split_once(' ') {
        Some(("Leap", release)) => numbered("opensuse-leap", release),
        None if suffix == "Tumbleweed" => Some("opensuse-tumbleweed".into()),
        _ => None,
    }
}

/// Python's rule: lower case, runs of `-`, `_` and `.` are one `-` (<https://peps.python.org/pep-0503/>).
fn pep_503(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            letter => normal.extend(letter.to_lowercase()),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ecosystem_texts_become_spaces() {
        let cases = [
            ("Debian", "Debian:11", "", Some("debian:11")),
            ("Debian", "Debian:6.0", "", Some("debian:6")),
            ("Debian", "Debian:3.0", "", Some("debian:3.0")),
            ("Debian", "Debian", "", None),
            ("Alpine", "Alpine:v3.18", "", Some("alpine:3.18")),
            ("Alpine", "Alpine:edge", "", Some("alpine:edge")),
            ("AlmaLinux", "AlmaLinux:9", "", Some("almalinux:9")),
            ("Rocky Linux", "Rocky Linux:9", "", Some("rocky:9")),
            ("Ubuntu", "Ubuntu:22.04:LTS", "", Some("ubuntu:22.04")),
            ("Ubuntu", "Ubuntu:25.10", "", Some("ubuntu:25.10")),
            ("Ubuntu", "Ubuntu:Pro:16.04:LTS", "", Some("ubuntu:16.04+pro")),
            (
                "Ubuntu",
                "Ubuntu:Pro:16.04:LTS",
                "pkg:deb/ubuntu/x@1?arch=source&distro=esm-apps/xenial",
                Some("ubuntu:16.04+esm-apps"),
            ),
            ("Ubuntu", "Ubuntu:Pro:14.04:LTS", "pkg:deb/ubuntu/x?distro=trusty/esm", Some("ubuntu:14.04+esm-infra")),
            ("Ubuntu", "Ubuntu:Pro:FIPS-updates:22.04:LTS", "", Some("ubuntu:22.04+fips-updates")),
            ("openSUSE", "openSUSE:Leap 15.5", "", Some("opensuse-leap:15.5")),
            ("openSUSE", "openSUSE:Tumbleweed", "", Some("opensuse-tumbleweed")),
            ("PyPI", "PyPI", "", Some("pypi")),
            ("Packagist", "Packagist:https://packages.drupal.org/8", "", Some("composer")),
            ("Go", "GoX", "", None),
            ("Go", "npm", "", None),
            ("Debian", "Debian:../../etc", "", None),
        ];
        for (row, text, purl, expected) in cases {
            let ecosystem = ECOSYSTEMS.iter().find(|ecosystem| ecosystem.name == row).unwrap();
            let space = ecosystem.space(text, purl);
            assert_eq!(space.as_ref().map(Space::as_str), expected, "{text}");
            assert!(space.is_none_or(|space| ecosystem.covers().speaks_of(&space)), "{text}");
        }
    }

    #[test]
    fn python_names_follow_pep_503() {
        assert_eq!(pep_503("Zope.Interface"), "zope-interface");
        assert_eq!(pep_503("a__b-.c"), "a-b-c");
    }
}
