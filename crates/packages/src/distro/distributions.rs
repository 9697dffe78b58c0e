//! The distributions that publish advisories, and those that use another's packages.
//!
//! Owns the table. A distribution that is not in it has no space: its packages become a gap, for advisories of a parent
//! whose packages it rebuilds or changes would give answers that look right and are not.

use std::collections::BTreeSet;

use plimsoll_model::{Distro, Space};

/// One distribution.
struct Row {
    /// Normalised os-release `ID`.
    id: &'static str,
    /// Ecosystems that its own packages are of.
    ecosystems: &'static [&'static str],
    /// Vendor in package URLs.
    vendor: &'static str,
    /// Who publishes the advisories: first part of the space.
    publisher: &'static str,
    /// What they are published for: second part of the space.
    branch: Branch,
}

enum Branch {
    /// `12` of `12.5`.
    Major,
    /// `3.18` of `3.18.4`; `15` where there is no second part.
    Minor,
    /// The whole version.
    Whole,
    /// There is only one.
    Rolling,
    /// Something of its own.
    Other(fn(&Distro) -> Option<Space>),
}

const APK: &[&str] = &["apk"];
const DEB: &[&str] = &["deb"];
const RPM: &[&str] = &["rpm"];

const fn row(
    id: &'static str,
    ecosystems: &'static [&'static str],
    vendor: &'static str,
    publisher: &'static str,
    branch: Branch,
) -> Row {
    Row { id, ecosystems, vendor, publisher, branch }
}

const DISTRIBUTIONS: &[Row] = &[
    row("almalinux", RPM, "almalinux", "almalinux", Branch::Major),
    row("alpaquita", APK, "alpaquita", "alpaquita", Branch::Whole),
    row("alpine", APK, "alpine", "alpine", Branch::Other(alpine)),
    row("amzn", RPM, "amzn", "amzn", Branch::Other(amazon)),
    row("arch", &["alpm"], "arch", "arch", Branch::Rolling),
    row("azurelinux", RPM, "azurelinux", "azurelinux", Branch::Minor),
    // CentOS Linux is RHEL rebuilt from the same sources under the same versions; Stream runs ahead of it.
    row("centos", RPM, "centos", "rhel", Branch::Major),
    row("centos-stream", RPM, "centos", "centos-stream", Branch::Major),
    row("chainguard", APK, "chainguard", "chainguard", Branch::Rolling),
    row("debian", DEB, "debian", "debian", Branch::Other(debian)),
    row("echo", DEB, "echo", "echo", Branch::Rolling),
    // These install the parent's own packages from the parent's repositories.
    row("elementary", DEB, "ubuntu", "ubuntu", Branch::Other(parent)),
    row("endeavouros", &["alpm"], "arch", "arch", Branch::Rolling),
    row("fedora", RPM, "fedora", "fedora", Branch::Major),
    // Red Hat's hardened images; what it says of them is limited to no repository.
    row("hummingbird", RPM, "redhat", "hummingbird", Branch::Rolling),
    row("linuxmint", DEB, "ubuntu", "ubuntu", Branch::Other(parent)),
    row("mageia", RPM, "mageia", "mageia", Branch::Major),
    row("mariner", RPM, "mariner", "mariner", Branch::Minor),
    row("minimos", APK, "minimos", "minimos", Branch::Rolling),
    row("neon", DEB, "ubuntu", "ubuntu", Branch::Other(parent)),
    row("ol", RPM, "oracle", "ol", Branch::Major),
    row("openeuler", RPM, "openeuler", "openeuler", Branch::Whole),
    row("opensuse-leap", RPM, "opensuse", "opensuse-leap", Branch::Minor),
    row("opensuse-microos", RPM, "opensuse", "opensuse-tumbleweed", Branch::Rolling),
    row("opensuse-tumbleweed", RPM, "opensuse", "opensuse-tumbleweed", Branch::Rolling),
    row("openwrt", &["opkg", "apk"], "openwrt", "openwrt", Branch::Minor),
    row("photon", RPM, "photon", "photon", Branch::Minor),
    row("pop", DEB, "ubuntu", "ubuntu", Branch::Other(parent)),
    row("postmarketos", APK, "alpine", "alpine", Branch::Other(postmarket)),
    row("raspbian", DEB, "raspbian", "debian", Branch::Other(debian)),
    row("rhcos", RPM, "redhat", "rhel", Branch::Major),
    row("rhel", RPM, "redhat", "rhel", Branch::Major),
    row("rocky", RPM, "rocky", "rocky", Branch::Major),
    row("scientific", RPM, "scientific", "rhel", Branch::Major),
    row("secureos", APK, "secureos", "secureos", Branch::Rolling),
    row("sle-micro", RPM, "suse", "sle-micro", Branch::Minor),
    row("sles", RPM, "suse", "sles", Branch::Minor),
    row("ubuntu", DEB, "ubuntu", "ubuntu", Branch::Minor),
    row("wolfi", APK, "wolfi", "wolfi", Branch::Rolling),
    row("zorin", DEB, "ubuntu", "ubuntu", Branch::Other(parent)),
];

fn find(id: &str) -> Option<&'static Row> {
    DISTRIBUTIONS.iter().find(|row| row.id == id)
}

/// Whether there is only one, ever changing release.
pub(super) fn is_rolling(id: &str) -> bool {
    find(id).is_some_and(|row| matches!(row.branch, Branch::Rolling))
}

/// The vendor in the package URLs of a distribution's packages.
pub(crate) fn namespace(distro: &Distro) -> &str {
    find(&distro.id).map_or(&distro.id, |row| row.vendor)
}

/// The advisory spaces of a distribution's packages of this ecosystem; none when nobody's advisories are known to fit.
///
/// What Ubuntu delivers by subscription alone is in a space of its own for each channel, beside the release's. Those of
/// extended maintenance are asked whether they are turned on or not: that they alone have a fix is no reason to keep quiet.
/// Others hold packages that were built in another way, which say nothing about the release's.
pub(crate) fn spaces(distro: &Distro, ecosystem: &str) -> Vec<Space> {
    const OFFERED: &[&str] = &["esm-apps", "esm-infra", "esm-infra-legacy", "pro"];
    let Some(release) = release(distro, ecosystem) else { return Vec::new() };
    let is_ubuntu = release.as_str().starts_with("ubuntu:");
    let enabled = distro.channels.iter().map(String::as_str).filter(|_| distro.id == "ubuntu");
    let offered = OFFERED.iter().copied().filter(|_| is_ubuntu);
    let channels: BTreeSet<&str> = enabled.chain(offered).collect();
    let channels: Vec<_> = channels.into_iter().map(|channel| Space(format!("{release}+{channel}"))).collect();
    std::iter::once(release).chain(channels).collect()
}

/// The advisory spaces of all of a distribution's own packages.
pub(crate) fn all_spaces(distro: &Distro) -> Vec<Space> {
    let ecosystems = find(&distro.id).map_or(&[][..], |row| row.ecosystems);
    ecosystems.iter().flat_map(|ecosystem| spaces(distro, ecosystem)).collect()
}

fn release(distro: &Distro, ecosystem: &str) -> Option<Space> {
    let row = find(&distro.id).filter(|row| row.ecosystems.contains(&ecosystem))?;
    match row.branch {
        Branch::Major => Some(Space::release(row.publisher, numbers(&distro.version, 1)?)),
        Branch::Minor => Some(Space::release(row.publisher, numbers(&distro.version, 2)?)),
        Branch::Whole => is_branch(&distro.version).then(|| Space::release(row.publisher, &distro.version)),
        Branch::Rolling => Some(Space(row.publisher.to_owned())),
        Branch::Other(space) => space(distro),
    }
}

/// At most `count` numbers from the front of a version, with the dots between them.
fn numbers(version: &str, count: usize) -> Option<&str> {
    let end = version
        .split('.')
        .take(count)
        .take_while(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        .map(|part| part.len().saturating_add(1))
        .sum::<usize>()
        .checked_sub(1)?;
    version.get(..end)
}

fn is_branch(version: &str) -> bool {
    version.starts_with(|character: char| character.is_ascii_alphanumeric())
        && version.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte))
}

fn alpine(distro: &Distro) -> Option<Space> {
    if distro.version == "edge" {
        return Some(Space::release("alpine", "edge"));
    }
    numbers(&distro.version, 2).filter(|branch| branch.contains('.')).map(|branch| Space::release("alpine", branch))
}

/// Amazon Linux 1 went by its date (`2018.03`), its advisories never did.
fn amazon(distro: &Distro) -> Option<Space> {
    let major = numbers(&distro.version, 1)?;
    Some(Space::release("amzn", if major.len() == 4 && major < "2022" { "1" } else { major }))
}

/// By number; what has none (sid, and a testing whose number is not in the table) by codename.
fn debian(distro: &Distro) -> Option<Space> {
    let codename = Some(distro.codename.as_str()).filter(|codename| distro.version.is_empty() && is_branch(codename));
    Some(Space::release("debian", numbers(&distro.version, 1).or(codename)?))
}

/// postmarketOS adds packages of its own to a release of Alpine, <https://postmarketos.org/blog/>.
fn postmarket(distro: &Distro) -> Option<Space> {
    const RELEASES: &[(&str, &str)] = &[
        ("20.05", "3.12"),
        ("21.03", "3.13"),
        ("21.06", "3.14"),
        ("21.12", "3.15"),
        ("22.06", "3.16"),
        ("22.12", "3.17"),
        ("23.06", "3.18"),
        ("23.12", "3.19"),
        ("24.06", "3.20"),
        ("24.12", "3.21"),
        ("25.06", "3.22"),
        ("edge", "edge"),
    ];
    let version = distro.version.trim_start_matches('v');
    // Service packs are numbered behind a dot: v22.06.4.
    let matches =
        |release: &str| version.strip_prefix(release).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let (_, branch) = RELEASES.iter().find(|(release, _)| matches(release))?;
    Some(Space::release("alpine", branch))
}

/// By the codename of the parent's release.
fn parent(distro: &Distro) -> Option<Space> {
    if let Some(number) = ubuntu_number(&distro.codename) {
        return Some(Space::release("ubuntu", number));
    }
    debian_number(&distro.codename).map(|number| Space::release("debian", number))
}

/// The number of an Ubuntu release by the first word of its codename (<https://wiki.ubuntu.com/Releases>).
#[must_use]
pub fn ubuntu_number(codename: &str) -> Option<&'static str> {
    const UBUNTU: &[(&str, &str)] = &[
        ("precise", "12.04"),
        ("trusty", "14.04"),
        ("utopic", "14.10"),
        ("vivid", "15.04"),
        ("wily", "15.10"),
        ("xenial", "16.04"),
        ("yakkety", "16.10"),
        ("zesty", "17.04"),
        ("artful", "17.10"),
        ("bionic", "18.04"),
        ("cosmic", "18.10"),
        ("disco", "19.04"),
        ("eoan", "19.10"),
        ("focal", "20.04"),
        ("groovy", "20.10"),
        ("hirsute", "21.04"),
        ("impish", "21.10"),
        ("jammy", "22.04"),
        ("kinetic", "22.10"),
        ("lunar", "23.04"),
        ("mantic", "23.10"),
        ("noble", "24.04"),
        ("oracular", "24.10"),
        ("plucky", "25.04"),
        ("questing", "25.10"),
        ("resolute", "26.04"),
    ];
    UBUNTU.iter().find(|(name, _)| *name == codename).map(|(_, number)| *number)
}

/// The number under which advisories and os-release speak of a Debian release (<https://www.debian.org/releases/>).
/// Before wheezy the second part of the number was that of an update, except for the two releases called 3.
#[must_use]
pub fn debian_number(codename: &str) -> Option<&'static str> {
    const DEBIAN: &[(&str, &str)] = &[
        ("woody", "3.0"),
        ("sarge", "3.1"),
        ("etch", "4"),
        ("lenny", "5"),
        ("squeeze", "6"),
        ("wheezy", "7"),
        ("jessie", "8"),
        ("stretch", "9"),
        ("buster", "10"),
        ("bullseye", "11"),
        ("bookworm", "12"),
        ("trixie", "13"),
        ("forky", "14"),
        ("duke", "15"),
    ];
    DEBIAN.iter().find(|(name, _)| *name == codename).map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_well_formed(space: &Space) -> bool {
        let (publisher, branch) = space.as_str().split_once(':').unwrap_or((space.as_str(), "x"));
        !publisher.is_empty()
            && publisher.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            && branch.split('+').all(is_branch)
    }

    #[test]
    fn ids_are_sorted_and_unique() {
        assert!(DISTRIBUTIONS.is_sorted_by(|left, right| left.id < right.id));
    }

    #[test]
    fn numbers_from_the_front() {
        assert_eq!(numbers("12.5", 1), Some("12"));
        assert_eq!(numbers("3.18.4", 2), Some("3.18"));
        assert_eq!(numbers("15", 2), Some("15"));
        assert_eq!(numbers("23.05-rc1", 2), Some("23"));
        assert_eq!(numbers("snapshot", 2), None);
        assert_eq!(numbers("", 1), None);
        assert_eq!(numbers(".", 1), None);
    }

    proptest! {
        #[test]
        fn every_space_is_well_formed(row in 0..DISTRIBUTIONS.len(), version in "[0-9a-zA-Z._ :-]{0,12}", codename in "[a-z]{0,5}|sid|jammy") {
            let row = &DISTRIBUTIONS[row];
            let channels = vec!["esm-infra".into()];
            let distro = Distro { id: row.id.into(), version, codename, channels, ..Distro::default() };
            for space in row.ecosystems.iter().flat_map(|ecosystem| spaces(&distro, ecosystem)) {
                prop_assert!(is_well_formed(&space), "{space}");
            }
        }
    }
}
