//! Red Hat, SUSE and their kin (rpm).
//!
//! Owns what the headers of an rpm database mean. The formats of databases and headers are in `rpmdb`.

use std::borrow::Cow;
use std::collections::HashMap;

use plimsoll_model::{
    Dependency, Facts, Input, Malformed, Origin, Owned, Package, Presence, Reader, SourcePackage, Space, Wants,
};

use crate::ecosystem::{Kind, Named};
use crate::lines::{self, Complaints, MOST_PACKAGES};
use crate::purl::Purl;
use crate::red_hat::{PRODUCTS, Product, REPOSITORIES, brand};
use crate::rpmdb::{self, Header, Tag};
use crate::{Context, Ecosystem, distro, operating_system, paths, versions};

pub(super) const RPM: Ecosystem = Ecosystem {
    id: "rpm",
    about: "Red Hat, SUSE and their kin (rpm)",
    kind: Kind::System,
    readers: &[
        Reader {
            id: "rpm/sqlite",
            version: 2,
            wants: Wants {
                paths: &["usr/lib/sysimage/rpm/rpmdb.sqlite", "usr/share/rpm/rpmdb.sqlite", "var/lib/rpm/rpmdb.sqlite"],
                with: &["rpmdb.sqlite-wal"],
                starts: &[],
                essential: true,
            },
            presence: Presence::Installed,
            read: read_sqlite,
        },
        Reader {
            id: "rpm/ndb",
            version: 2,
            wants: Wants::essential(&[
                "usr/lib/sysimage/rpm/Packages.db",
                "usr/share/rpm/Packages.db",
                "var/lib/rpm/Packages.db",
            ]),
            presence: Presence::Installed,
            read: |input| read_database(|collect| rpmdb::read_ndb(input.file.content, collect)),
        },
        Reader {
            id: "rpm/berkeley",
            version: 2,
            wants: Wants::essential(&[
                "usr/lib/sysimage/rpm/Packages",
                "usr/share/rpm/Packages",
                "var/lib/rpm/Packages",
            ]),
            presence: Presence::Installed,
            read: |input| read_database(|collect| rpmdb::read_berkeley(input.file.content, collect)),
        },
        Reader {
            id: "rpm/manifest",
            version: 1,
            wants: Wants::essential(&["var/lib/rpmmanifest/container-manifest-2"]),
            presence: Presence::Installed,
            read: read_manifest,
        },
    ],
    normal_name: operating_system::normal_name,
    compare: versions::rpm::compare,
    satisfies: operating_system::satisfies,
    advisory_spaces,
    advisory_names,
    origin,
    purl,
};

/// Vendors that distributions write into their own packages, by normalised os-release `ID`.
const VENDORS: &[(&str, &[&str])] = &[
    ("almalinux", &["AlmaLinux"]),
    ("amzn", &["Amazon Linux", "Amazon.com"]),
    ("azurelinux", &["Microsoft Corporation"]),
    ("centos", &["CentOS"]),
    ("centos-stream", &["CentOS"]),
    ("fedora", &["Fedora Project"]),
    ("mageia", &["Mageia.Org"]),
    ("mariner", &["Microsoft Corporation"]),
    ("ol", &["Oracle America"]),
    ("openeuler", &["http://openeuler.org"]),
    ("opensuse-leap", &["SUSE LLC <https://www.suse.com/>", "openSUSE"]),
    ("opensuse-microos", &["openSUSE"]),
    ("opensuse-tumbleweed", &["openSUSE"]),
    ("photon", &["VMware, Inc.", "Broadcom, Inc."]),
    ("rhcos", &["Red Hat, Inc."]),
    ("rhel", &["Red Hat, Inc."]),
    ("rocky", ROCKY),
    ("scientific", &["Scientific Linux"]),
    ("sle-micro", &["SUSE LLC <https://www.suse.com/>"]),
    ("sles", &["SUSE LLC <https://www.suse.com/>"]),
];

const ROCKY: &[&str] = &["Rocky Enterprise Software Foundation", "Rocky"];

fn origin(package: &Package, context: &Context<'_>) -> Origin {
    let vendors = context.distro.and_then(|distro| VENDORS.iter().find(|(id, _)| *id == distro.id));
    match vendors {
        Some((_, vendors)) if vendors.contains(&package.maintainer.as_str()) => Origin::Vendor,
        Some(_) if !package.maintainer.is_empty() => Origin::ThirdParty,
        _ => Origin::Unknown,
    }
}

/// The release's. Red Hat's other products are asked about where the image says that it has some of their packages, and
/// for packages whose release is marked as theirs.
fn advisory_spaces(package: &Package, context: &Context<'_>) -> Vec<Space> {
    let mut spaces = operating_system::advisory_spaces(package, context);
    let Some(distro) = context.distro.filter(|_| spaces.iter().any(|space| space.as_str().starts_with("rhel:"))) else {
        return spaces;
    };
    let mut others = distro.repositories.iter().filter_map(|repository| match Product::of(repository) {
        Some(product) => matches!(product, Product::Layered { .. }).then_some(true),
        None => Product::of_repository(repository, &distro.version).is_none().then_some(false),
    });
    let named = others.clone().any(|is_cpe| !is_cpe);
    if others.next().is_some() || !brand(&package.version).is_empty() {
        spaces.push(Space(PRODUCTS.into()));
    }
    if named {
        spaces.push(Space(REPOSITORIES.into()));
    }
    spaces
}

/// Vendors whose advisories name source packages.
const BY_SOURCE: &[&[&str]] = &[ROCKY, &["Microsoft Corporation"]];

/// Vendors whose advisories name either: Photon's list has source packages, and some of the packages built of them.
const BY_EITHER: &[&str] = &["VMware, Inc.", "Broadcom, Inc."];

/// Vendors of packages that Red Hat's advisories are about, and none.
const BY_RED_HAT: &[&str] = &["", "CentOS", "Red Hat, Inc.", "Scientific Linux"];

/// Binary packages, with the epoch that only they have, where the vendor does not speak of source packages. Red Hat names
/// either, source packages with `.src` behind them: these never have an epoch here, which installed packages do not state.
fn advisory_names(package: &Package) -> Vec<Named<'_>> {
    let binary = Named { name: Cow::Borrowed(&package.name), version: &package.version };
    let vendor = package.maintainer.as_str();
    if BY_RED_HAT.contains(&vendor) {
        let (name, version) = match &package.source {
            Some(source) => (&source.name, source.version.as_str()),
            None => (&package.name, without_epoch(&package.version)),
        };
        return vec![binary, Named { name: Cow::Owned(format!("{name}.src")), version }];
    }
    let either = BY_EITHER.contains(&vendor);
    let Some(source) = package.source.as_ref().filter(|_| either || BY_SOURCE.iter().any(|one| one.contains(&vendor)))
    else {
        return vec![binary];
    };
    // Built under the same version, so under the same epoch too: the name of a source package does not state it.
    let same = source.version == without_epoch(&package.version);
    let version = if same { &package.version } else { &source.version };
    let source = Named { name: Cow::Borrowed(&source.name), version };
    if either && source.name != binary.name { vec![binary, source] } else { vec![source] }
}

/// The type `rpm` keeps the case of names and has the epoch as a qualifier
/// (<https://github.com/package-url/purl-spec/blob/main/types-doc/rpm-definition.md>).
fn purl(package: &Package, context: &Context<'_>) -> String {
    let (epoch, version) = package.version.split_once(':').unwrap_or(("", &package.version));
    Purl {
        kind: "rpm",
        namespace: context.distro.map_or("", distro::namespace),
        name: &package.name,
        version,
        qualifiers: &[
            ("arch", &package.arch),
            ("distro", &context.distro.map(distro::qualifier).unwrap_or_default()),
            ("epoch", epoch),
            ("rpmmod", package.module.as_deref().unwrap_or_default()),
        ],
    }
    .to_string()
}

fn without_epoch(version: &str) -> &str {
    version.split_once(':').map_or(version, |(_, version)| version)
}

fn read_sqlite(input: &Input<'_>) -> Result<Facts, Malformed> {
    let log = input.with.iter().find(|file| file.path.ends_with("-wal")).map(|file| file.content);
    read_database(|collect| rpmdb::read_sqlite(input.file.content, log, collect))
}

/// Collects the headers that `read` finds.
fn read_database(
    read: impl FnOnce(&mut rpmdb::Visit<'_>) -> Result<Complaints, Malformed>,
) -> Result<Facts, Malformed> {
    let mut found = Found::default();
    let complaints = read(&mut |number, blob, complaints| {
        if let Err(reason) = found.add(blob, complaints) {
            complaints.push(format!("package {number}: {reason}"));
        }
    })?;
    complaints.settle(found.finish())
}

/// What was found so far. Dependencies name capabilities, and only the end shows which packages provide them.
#[derive(Default)]
struct Found {
    facts: Facts,
    /// Index of the first package that provides a capability.
    providers: HashMap<String, usize>,
    /// Capabilities that each package requires, in the order of packages.
    requirements: Vec<Vec<String>>,
}

impl Found {
    fn add(&mut self, blob: &[u8], complaints: &mut Complaints) -> Result<(), String> {
        if self.facts.packages.len() >= MOST_PACKAGES {
            return Err(format!("more than {MOST_PACKAGES} packages; not read"));
        }
        let header = Header::parse(blob)?;
        let package = package(&header)?;
        // A key to check signatures with, which rpm keeps among the packages.
        if package.name == "gpg-pubkey" {
            return Ok(());
        }
        let (paths, cut) = owned_paths(&header, blob.len().saturating_mul(PATHS_PER_HEADER));
        if cut {
            complaints.push(format!("{}: the paths of its files are too long; not all were read", package.name));
        }
        if !paths.is_empty() {
            self.facts.owned.push(Owned { package: format!("{}:{}", package.name, package.arch), paths });
        }
        let index = self.facts.packages.len();
        for capability in header.texts(Tag::ProvideName) {
            self.providers.entry(lines::text(capability)).or_insert(index);
        }
        self.requirements.push(header.texts(Tag::RequireName).map(lines::text).collect());
        self.facts.packages.push(package);
        Ok(())
    }

    fn finish(mut self) -> Facts {
        let names: Vec<_> = self.facts.packages.iter().map(|package| package.name.clone()).collect();
        for (package, requirements) in self.facts.packages.iter_mut().zip(&self.requirements) {
            let providers = requirements.iter().filter_map(|capability| names.get(*self.providers.get(capability)?));
            package.depends_on = providers.filter(|name| **name != package.name).map(Dependency::named).collect();
            package.depends_on.sort_unstable();
            package.depends_on.dedup();
        }
        self.facts
    }
}

fn package(header: &Header<'_>) -> Result<Package, String> {
    let name = lines::text(header.text(Tag::Name).ok_or("the header has no name")?);
    let required =
        |tag, what| header.text(tag).map(lines::text).ok_or_else(|| format!("{name}: the header has no {what}"));
    let (version, release) = (required(Tag::Version, "version")?, required(Tag::Release, "release")?);
    let optional = |tag| header.text(tag).map(lines::text).unwrap_or_default();
    let epoch = header.numbers(Tag::Epoch).next().map(|epoch| format!("{epoch}:")).unwrap_or_default();
    let source = source_package(&optional(Tag::SourceRpm));
    let own = SourcePackage { name: name.clone(), version: format!("{version}-{release}") };
    Ok(Package {
        arch: optional(Tag::Arch),
        module: header.text(Tag::ModularityLabel).map(lines::text),
        source: source.filter(|source| *source != own),
        maintainer: optional(Tag::Vendor),
        licence: optional(Tag::License),
        signed: Some(SIGNATURES.iter().any(|tag| header.has(*tag))),
        ..Package::new("rpm", name, format!("{epoch}{version}-{release}"))
    })
}

/// Where rpm keeps signatures when it installs a package.
const SIGNATURES: [Tag; 5] =
    [Tag::SignaturePgp, Tag::SignatureGpg, Tag::SignatureDsa, Tag::SignatureRsa, Tag::SignatureOpenPgp];

/// `bash-5.1.8-6.el9.src.rpm`: name and version, which is without the epoch there.
fn source_package(file: &str) -> Option<SourcePackage> {
    let stem = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let (rest, release) = stem.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    Some(SourcePackage { name: name.into(), version: format!("{version}-{release}") })
}

/// How many times the size of its header the paths of a package may take. Folders are stored once for many files, so that
/// a small header could ask for terabytes; real ones stay below 2.
const PATHS_PER_HEADER: usize = 8;

/// The files of a package, and whether some were left out for `limit`.
fn owned_paths(header: &Header<'_>, limit: usize) -> (String, bool) {
    let mut list = paths::List::default();
    let folders: Vec<_> = header.texts(Tag::DirectoryNames).collect();
    let mut path = Vec::new();
    let mut left = limit;
    for (name, folder) in header.texts(Tag::BaseNames).zip(header.numbers(Tag::DirectoryIndexes)) {
        let folder = usize::try_from(folder).ok().and_then(|folder| folders.get(folder)).copied().unwrap_or_default();
        let Some(rest) = left.checked_sub(folder.len().saturating_add(name.len())) else {
            return (list.finish(), true);
        };
        left = rest;
        path.clear();
        path.extend_from_slice(folder);
        path.extend_from_slice(name);
        list.push(&path);
    }
    header.texts(Tag::OldFileNames).for_each(|path| list.push(path));
    (list.finish(), false)
}

/// The list that Azure Linux leaves in images without rpm, made by
/// `rpm -qa --qf "%{NAME}\t%{VERSION}-%{RELEASE}\t%{INSTALLTIME}\t%{BUILDTIME}\t%{VENDOR}\t%{EPOCH}\t%{SIZE}\t%{ARCH}\t%{EPOCHNUM}\t%{SOURCERPM}\n"`
/// (<https://github.com/microsoft/azurelinux/blob/3.0/toolkit/tools/imagegen/installutils/installutils.go>).
fn read_manifest(input: &Input<'_>) -> Result<Facts, Malformed> {
    let mut complaints = Complaints::default();
    let mut facts = Facts::default();
    lines::walk(input.file.content, &mut complaints, |complaints, number, line| {
        if facts.packages.len() >= MOST_PACKAGES {
            complaints.push(format!("line {number}: more than {MOST_PACKAGES} packages; not read"));
            return;
        }
        match manifest_package(&String::from_utf8_lossy(line)) {
            Some(package) if package.name == "gpg-pubkey" => {}
            Some(package) => facts.packages.push(package),
            None => complaints.push(format!("line {number}: not the ten columns of a package")),
        }
    })?;
    if !lines::ends_in_line_end(input.file.content) {
        complaints.push("the last line has no end; the list may have been cut short".into());
    }
    complaints.settle(facts)
}

fn manifest_package(line: &str) -> Option<Package> {
    let columns: Vec<_> = line.splitn(11, '\t').map(|column| if column == "(none)" { "" } else { column }).collect();
    let [name, version, _, _, vendor, epoch, _, arch, epoch_number, source] = columns[..] else { return None };
    // Newer images always have `(none)` for the epoch, and 0 for the number when there is none.
    let epoch = match (epoch, epoch_number) {
        ("", "0") => String::new(),
        ("", number) | (number, _) => format!("{}:", number.parse::<u32>().ok()?),
    };
    let own = SourcePackage { name: name.into(), version: version.into() };
    let is_whole = !name.is_empty() && version.contains('-');
    is_whole.then(|| Package {
        arch: arch.into(),
        source: source_package(source).filter(|source| *source != own),
        maintainer: vendor.into(),
        ..Package::new("rpm", name, format!("{epoch}{version}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpmdb::make_header;
    use plimsoll_model::Distro;

    fn built_by(vendor: &str, source: Option<(&str, &str)>) -> Package {
        let source = source.map(|(name, version)| SourcePackage { name: name.into(), version: version.into() });
        let package = Package::new("rpm", "perl-Errno", "4:1.30-1.el9");
        Package { maintainer: vendor.into(), source, ..package }
    }

    fn name(package: &Package) -> (String, String) {
        let names = advisory_names(package);
        (names[0].name.clone().into_owned(), names[0].version.to_owned())
    }

    #[test]
    fn file_names_of_source_packages() {
        let source = |file| source_package(file).map(|source| (source.name, source.version));
        let expected = ("java-11-openjdk".to_owned(), "11.0.13.0.8-1.el8_4".to_owned());
        assert_eq!(source("java-11-openjdk-11.0.13.0.8-1.el8_4.src.rpm"), Some(expected.clone()));
        assert_eq!(source("java-11-openjdk-11.0.13.0.8-1.el8_4.nosrc.rpm"), Some(expected));
        assert_eq!(source("(none)"), None);
        assert_eq!(source("x-1.src.rpm"), None);
    }

    #[test]
    fn some_vendors_speak_of_source_packages() {
        let other = Some(("perl", "5.32.1-1.el9"));
        assert_eq!(name(&built_by("AlmaLinux", other)), ("perl-Errno".into(), "4:1.30-1.el9".into()));
        for vendor in [ROCKY[0], "Microsoft Corporation"] {
            assert_eq!(name(&built_by(vendor, other)), ("perl".into(), "5.32.1-1.el9".into()));
            let same = Some(("perl", "1.30-1.el9"));
            assert_eq!(name(&built_by(vendor, same)), ("perl".into(), "4:1.30-1.el9".into()));
            assert_eq!(name(&built_by(vendor, None)), ("perl-Errno".into(), "4:1.30-1.el9".into()));
        }
        let photon = built_by("VMware, Inc.", other);
        let both = advisory_names(&photon).into_iter().map(|named| (named.name.into_owned(), named.version));
        assert_eq!(both.collect::<Vec<_>>(), [("perl-Errno".into(), "4:1.30-1.el9"), ("perl".into(), "5.32.1-1.el9")]);
    }

    #[test]
    fn red_hat_speaks_of_either() {
        let names = |source| {
            let package = built_by("Red Hat, Inc.", source);
            advisory_names(&package).iter().map(|named| format!("{} {}", named.name, named.version)).collect::<Vec<_>>()
        };
        assert_eq!(names(Some(("perl", "5.32.1-1.el9"))), ["perl-Errno 4:1.30-1.el9", "perl.src 5.32.1-1.el9"]);
        assert_eq!(names(None), ["perl-Errno 4:1.30-1.el9", "perl-Errno.src 1.30-1.el9"]);
    }

    #[test]
    fn the_vendor_is_whoever_the_distribution_says() {
        let judge = |id: &str, vendor| {
            let distro = Distro { id: id.into(), ..Distro::default() };
            origin(&built_by(vendor, None), &Context { distro: Some(&distro) })
        };
        assert_eq!(judge("rhel", "Red Hat, Inc."), Origin::Vendor);
        assert_eq!(judge("rhel", "Fedora Project"), Origin::ThirdParty);
        assert_eq!(judge("rhel", ""), Origin::Unknown);
        assert_eq!(judge("unheard-of", "Red Hat, Inc."), Origin::Unknown);
        assert_eq!(origin(&built_by("Red Hat, Inc.", None), &Context::default()), Origin::Unknown);
    }

    #[test]
    fn a_signature_of_any_kind_counts_and_a_digest_does_not() {
        for (tag, expected) in [(259, true), (262, true), (267, true), (268, true), (278, true), (261, false)] {
            let blob = make_header(&[[tag, 7, 0, 2], [1000, 6, 0, 1], [1001, 6, 0, 1], [1002, 6, 0, 1]], b"n\0");
            assert_eq!(package(&Header::parse(&blob).unwrap()).unwrap().signed, Some(expected), "{tag}");
        }
    }

    /// Few bytes that name one long folder very often.
    #[test]
    fn paths_are_limited() {
        let folder = [&b"/"[..], &[b'x'; 4000], b"/\0"].concat();
        let names = b"f\0".repeat(5000);
        let at = |offset: usize| u32::try_from(offset).unwrap();
        let data = [&b"n\0"[..], &folder, &names, &[0; 20_000]].concat();
        let entries = [
            [1000, 6, 0, 1],
            [1001, 6, 0, 1],
            [1002, 6, 0, 1],
            [1116, 4, at(2 + folder.len() + names.len()), 5000],
            [1117, 8, at(2 + folder.len()), 5000],
            [1118, 8, 2, 1],
        ];
        let blob = make_header(&entries, &data);
        let (mut found, mut complaints) = (Found::default(), Complaints::default());
        found.add(&blob, &mut complaints).unwrap();
        assert!(found.facts.owned[0].paths.len() <= blob.len() * PATHS_PER_HEADER);
        assert!(found.facts.owned[0].paths.starts_with("xxxx"));
        let facts = complaints.settle(found.finish()).unwrap();
        assert_eq!(facts.malformed.len(), 1, "{:?}", facts.malformed);
    }
}
