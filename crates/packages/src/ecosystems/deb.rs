//! Debian packages, as dpkg keeps them: <https://manpages.debian.org/dpkg.1>, <https://manpages.debian.org/dpkg-query.1>.
//!
//! Owns dpkg's database, its form in distroless images (a file a package), and who built a package. Chisel's manifest,
//! another list of Debian packages, is in `chisel.rs`.

use plimsoll_model::{Facts, Input, Malformed, Origin, Owned, Package, Presence, Reader, SourcePackage, Wants};

use crate::control::{self, Stanza};
use crate::ecosystem::Kind;
use crate::lines::{self, Complaints};
use crate::{Context, Ecosystem, operating_system, paths, versions};

pub(super) const DEB: Ecosystem = Ecosystem {
    id: "deb",
    about: "Debian, Ubuntu and their kin, distroless and chiseled images among them",
    kind: Kind::System,
    readers: &[
        Reader {
            id: "deb/status",
            version: 1,
            wants: Wants::essential(&["var/lib/dpkg/status"]),
            presence: Presence::Installed,
            read: read_status,
        },
        Reader {
            id: "deb/status.d",
            version: 1,
            wants: Wants::essential(&["var/lib/dpkg/status.d/*"]),
            presence: Presence::Installed,
            read: read_one,
        },
        Reader {
            id: "deb/list",
            version: 1,
            wants: Wants::local(&["var/lib/dpkg/info/*.list"]),
            presence: Presence::Installed,
            read: read_list,
        },
        Reader {
            id: "deb/md5sums",
            version: 1,
            wants: Wants::local(&["var/lib/dpkg/status.d/*.md5sums"]),
            presence: Presence::Installed,
            read: read_checksums,
        },
        super::chisel::MANIFEST,
    ],
    normal_name: operating_system::normal_name,
    compare: versions::deb::compare,
    satisfies: operating_system::satisfies,
    advisory_spaces: operating_system::advisory_spaces,
    advisory_names: operating_system::source_name,
    origin,
    purl: operating_system::purl,
};

const FIELDS: &[&str] =
    &["Package", "Status", "Version", "Architecture", "Source", "Maintainer", "Pre-Depends", "Depends"];

fn read_status(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    if !lines::ends_in_line_end(input.file.content) {
        complaints.push("does not end in a line end: it may have been cut short".into());
    }
    read_stanzas(input, complaints)
}

/// Distroless: one stanza a file. Beside the stanzas lie lists of checksums, which have a reader of their own.
fn read_one(input: &Input<'_>) -> Result<Facts, Malformed> {
    if input.file.path.ends_with(".md5sums") {
        return Ok(Facts::default());
    }
    read_stanzas(input, Complaints::default())
}

fn read_stanzas(input: &Input<'_>, complaints: Complaints) -> Result<Facts, Malformed> {
    control::packages(input.file.content, FIELDS, complaints, package)
}

/// The package of a stanza; none when nothing of it is on disk.
fn package(stanza: &Stanza) -> Result<Option<Package>, String> {
    if !is_on_disk(stanza.get("Status"))? {
        return Ok(None);
    }
    let (name, version) = (stanza.get("Package"), stanza.get("Version"));
    if !control::is_name(name) {
        return Err(format!("{name:?} is no package name"));
    }
    if version.is_empty() {
        return Err(format!("package {name} has no version"));
    }
    let mut package = Package::new("deb", name, version);
    stanza.get("Architecture").clone_into(&mut package.arch);
    stanza.get("Maintainer").clone_into(&mut package.maintainer);
    package.source = source(stanza.get("Source"), name, version);
    control::dependencies(stanza.get("Pre-Depends"), &mut package.depends_on);
    control::dependencies(stanza.get("Depends"), &mut package.depends_on);
    package.depends_on.sort_unstable();
    package.depends_on.dedup();
    Ok(Some(package))
}

/// `Status` is "want flag state" (dpkg(1), "Package states"). From `unpacked` on the files are on disk, and a
/// `half-installed` package may have left some; `config-files` has only configuration. Distroless writes no status at
/// all for what it unpacked.
fn is_on_disk(status: &str) -> Result<bool, String> {
    match status.split_ascii_whitespace().nth(2) {
        None if status.is_empty() => Ok(true),
        Some("not-installed" | "config-files") => Ok(false),
        Some(
            "half-installed" | "unpacked" | "half-configured" | "triggers-awaited" | "triggers-pending" | "installed",
        ) => Ok(true),
        _ => Err(format!("{status:?} is no status that dpkg knows")),
    }
}

/// `Source: name (version)`; dpkg leaves out what equals the binary package's own.
fn source(field: &str, name: &str, version: &str) -> Option<SourcePackage> {
    let (source, rest) = field.split_once('(').unwrap_or((field, ""));
    let source = SourcePackage {
        name: source.trim().to_owned(),
        version: rest.split_once(')').map_or(version, |(inside, _)| inside.trim()).to_owned(),
    };
    (control::is_name(&source.name) && (source.name != name || source.version != version)).then_some(source)
}

/// `info/NAME[:ARCH].list`: absolute paths, folders before what is in them.
fn read_list(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let mut list = paths::List::default();
    lines::walk(input.file.content, &mut complaints, |_, _, line| list.push(line))?;
    settle_list(input, ".list", list, complaints)
}

/// `status.d/NAME.md5sums`: `checksum  path` as md5sum(1) prints it.
fn read_checksums(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let mut list = paths::List::default();
    lines::walk(input.file.content, &mut complaints, |complaints, number, line| {
        match memchr::memchr(b' ', line).map(|space| line.split_at(space)) {
            Some((_, path)) => list.push(path.trim_ascii_start()),
            None if line.is_empty() => {}
            None => complaints.push(format!("line {number}: not a checksum and a path")),
        }
    })?;
    settle_list(input, ".md5sums", list, complaints)
}

fn settle_list(input: &Input<'_>, suffix: &str, list: paths::List, complaints: Complaints) -> Result<Facts, Malformed> {
    let package = paths::file_name(input.file.path).trim_end_matches(suffix).to_owned();
    let paths = list.finish();
    let owned = if paths.is_empty() { Vec::new() } else { vec![Owned { package, paths }] };
    complaints.settle(Facts { owned, ..Facts::default() })
}

/// Domains of maintainers who publish in repositories of their own; whole addresses where people of that domain maintain
/// packages of Debian as well.
const THIRD_PARTIES: &[&str] = &[
    "cloud-sdk-eng@google.com",
    "cloudflare.com",
    "couchdb.apache.org",
    "cudatools@nvidia.com",
    "docker.com",
    "elastic.co",
    "f5.com",
    "gitlab.com",
    "grafana.com",
    "hashicorp.com",
    "influxdata.com",
    "influxdb.com",
    "konghq.com",
    "mariadb.com",
    "mariadb.org",
    "microsoft.com",
    "mongodb.com",
    "nginx.com",
    "nodesource.com",
    "redis.io",
    "sap.com",
];

/// Marks that repositories put into versions, where the maintainer is the distribution's own.
const THIRD_PARTY_VERSIONS: &[&str] = &[".pgdg", "deb.sury.org"];

/// Domains of maintainers inside the distributions.
const VENDORS: &[&str] = &["debian.org", "debian.net", "ubuntu.com", "canonical.com", "raspbian.org"];

fn origin(package: &Package, _: &Context<'_>) -> Origin {
    let address = package.maintainer.rsplit(['<', ' ']).next().unwrap_or_default().trim_end_matches('>');
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let is_in = |known: &[&str]| {
        known.iter().any(|known| {
            let is_below = |rest: &str| rest.is_empty() || rest.ends_with('.');
            address == *known || domain.strip_suffix(known).is_some_and(is_below)
        })
    };
    if is_in(THIRD_PARTIES) || THIRD_PARTY_VERSIONS.iter().any(|mark| package.version.contains(mark)) {
        Origin::ThirdParty
    } else if is_in(VENDORS) {
        Origin::Vendor
    } else {
        Origin::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_with_and_without_version() {
        let named = |name: &str, version: &str| Some(SourcePackage { name: name.into(), version: version.into() });
        assert_eq!(source("", "a", "1"), None);
        assert_eq!(source("a", "a", "1"), None);
        assert_eq!(source("b", "a", "1"), named("b", "1"));
        assert_eq!(source("a (1:2-3)", "a", "1+b1"), named("a", "1:2-3"));
        assert_eq!(source("a (", "a", "1"), None);
    }

    #[test]
    fn origin_goes_by_the_maintainer_and_the_version() {
        let origin = |maintainer: &str, version: &str| {
            let package = Package { maintainer: maintainer.into(), version: version.into(), ..Package::default() };
            super::origin(&package, &Context::default())
        };
        assert_eq!(origin("Docker <support@docker.com>", "1"), Origin::ThirdParty);
        assert_eq!(origin("Debian Nginx Maintainers <pkg-nginx@alioth-lists.debian.net>", "1"), Origin::Vendor);
        assert_eq!(origin("Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>", "1"), Origin::Vendor);
        assert_eq!(origin("PostgreSQL <team+postgresql@tracker.debian.org>", "15.4-1.pgdg120+1"), Origin::ThirdParty);
        assert_eq!(origin("Someone <someone@notdocker.com>", "1"), Origin::Unknown);
        assert_eq!(origin("NVIDIA CORPORATION <cudatools@nvidia.com>", "1"), Origin::ThirdParty);
        assert_eq!(origin("Someone <someone@nvidia.com>", "1"), Origin::Unknown);
        assert_eq!(origin("", "1"), Origin::Unknown);
    }
}
