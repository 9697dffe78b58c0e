//! From what the readers found to the inventory of an image.
//!
//! Owns the union of sightings, origin, package URLs, and who owns whose files. Does not read and does not match.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use plimsoll_model::{Distro, Gap, GapKind, GapReason, Inventory, Origin, Owned, Package, Presence, Release};

use crate::ecosystems::chisel;
use crate::purl::Purl;
use crate::{Context, dependencies, distro, ecosystem, note, paths};

/// Puts an inventory together: the distribution is chosen among `releases` (path and what the file says), sightings of
/// one package are united, every package gets its package URL, its origin, and the package that owns its files.
///
/// The gaps say what cannot be matched because of what is missing in the image.
#[must_use]
pub fn inventory(packages: Vec<Package>, owned: &[Owned], releases: &[(String, Release)]) -> (Inventory, Vec<Gap>) {
    let distro = distro::choose(releases);
    let packages = note::without_listed(without_listed(packages, owned), owned);
    let mut packages = unite(packages);
    describe(&mut packages, distro.as_ref());
    mark_owners(&mut packages, owned);
    dependencies::introduce(&mut packages);
    let gaps = unknown_system(&packages, distro.as_ref()).into_iter().chain(chisel::gap(&packages)).collect();
    (Inventory { distro, packages }, gaps)
}

/// Leaves out what single files say of themselves where another file of their ecosystem lists them and says better:
/// lists of `pkg:TYPE` are such.
fn without_listed(packages: Vec<Package>, owned: &[Owned]) -> Vec<Package> {
    let lists = owned.iter().filter_map(|list| Some((list.package.strip_prefix("pkg:")?, list)));
    let listed: HashSet<(&str, &str)> =
        lists.flat_map(|(kind, list)| list.paths.lines().map(move |path| (kind, path))).collect();
    if listed.is_empty() {
        return packages;
    }
    let is_listed = |package: &Package| {
        package.locations.first().is_some_and(|at| listed.contains(&(package.ecosystem.as_str(), at.path.as_str())))
    };
    packages.into_iter().filter(|package| !is_listed(package)).collect()
}

/// A package's name as its ecosystem compares names.
#[must_use]
pub fn normal_name(package: &Package) -> Cow<'_, str> {
    match ecosystem(&package.ecosystem) {
        Some(row) => (row.normal_name)(&package.name),
        None => Cow::Borrowed(&package.name),
    }
}

/// Sorts, and makes one of all sightings with the same ecosystem, normal name, version and architecture. The strongest
/// sighting decides how the name is written.
fn unite(packages: Vec<Package>) -> Vec<Package> {
    let named = packages.into_iter().map(|package| (normal_name(&package).into_owned(), package));
    let mut sightings: Vec<(String, Package)> = named.collect();
    sightings.sort_by(|left, right| {
        let (one, other) = (&left.1, &right.1);
        identity(left).cmp(&identity(right)).then_with(|| {
            (one.presence, &one.name, &one.locations).cmp(&(other.presence, &other.name, &other.locations))
        })
    });
    sightings.chunk_by_mut(|left, right| identity(left) == identity(right)).for_each(settle_origin);
    let mut united: Vec<(String, Package)> = Vec::with_capacity(sightings.len());
    let mut is_development = None;
    for sighting in sightings {
        match united.last_mut() {
            Some(last) if identity(last) == identity(&sighting) => {
                is_development = both(is_development, knows_development(&sighting.1));
                merge(&mut last.1, sighting.1);
                last.1.development = is_development.unwrap_or(false);
            }
            _ => {
                is_development = knows_development(&sighting.1);
                united.push(sighting);
            }
        }
    }
    let mut packages: Vec<Package> = united.into_iter().map(|(_, package)| package).collect();
    for package in &mut packages {
        package.locations.sort_unstable();
        package.locations.dedup();
        package.depends_on.sort_unstable();
        package.depends_on.dedup();
        package.cpes.sort_unstable();
        package.cpes.dedup();
    }
    packages.sort_by(|left, right| left.identity().cmp(&right.identity()));
    packages
}

/// What says that a package is from elsewhere than its registry speaks for one place. Where the same version is in others
/// as well, advisories speak of that one, and with it of the package.
fn settle_origin(sightings: &mut [(String, Package)]) {
    let each = || sightings.iter().map(|(_, package)| package);
    let elsewhere: HashSet<&str> =
        each().filter(|package| package.origin == Origin::ThirdParty).map(place_spoken_for).collect();
    let strongest = each().map(|package| package.presence).min();
    let is_public = |package: &Package| {
        package.origin == Origin::Unknown
            && Some(package.presence) == strongest
            && !is_left_by_build(package)
            && !places(package).any(|place| elsewhere.contains(place))
    };
    if !elsewhere.is_empty() && each().any(is_public) {
        sightings.iter_mut().for_each(|(_, package)| package.origin = Origin::Unknown);
    }
}

/// Metadata that a build left in a project's own folder (`app.egg-info`), whose name has no version as an installed one's
/// has: it tells nothing of where the package came from.
fn is_left_by_build(package: &Package) -> bool {
    let folder = places(package).nth(1).map(paths::file_name).unwrap_or_default();
    folder.ends_with(".egg-info") && !folder.contains(package.version.as_str())
}

/// The folder of a lock file or manifest, and that of an installed package which is its own, being named for the version;
/// else the one file.
fn place_spoken_for(package: &Package) -> &str {
    let mut places = places(package);
    let file = places.next().unwrap_or_default();
    let is_own = |folder: &&str| {
        package.presence != Presence::Installed || paths::file_name(folder).contains(package.version.as_str())
    };
    places.next().filter(is_own).unwrap_or(file)
}

/// The file that names a package, its folder, and those above; the root is empty.
fn places(package: &Package) -> impl Iterator<Item = &str> {
    fn above<'p>(path: &&'p str) -> Option<&'p str> {
        (!path.is_empty()).then(|| path.rsplit_once('/').map_or("", |(folder, _)| folder))
    }
    let path = package.locations.first().map_or("", |location| location.file());
    std::iter::successors(Some(path), above)
}

/// Whether it is for development alone, where the sighting tells: only files that were made for development do.
fn knows_development(package: &Package) -> Option<bool> {
    (package.presence != Presence::Installed || package.development).then_some(package.development)
}

/// For development alone is what every file that tells says so of.
fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one && other),
        _ => one.or(other),
    }
}

/// What makes sightings one package.
fn identity((name, package): &(String, Package)) -> (&str, &str, &str, &str) {
    (&package.ecosystem, name, &package.version, &package.arch)
}

/// What only one of two sightings knows is kept.
fn merge(into: &mut Package, other: Package) {
    let fill = |into: &mut String, other: String| {
        if into.is_empty() {
            *into = other;
        }
    };
    into.module = into.module.take().or(other.module);
    into.source = into.source.take().or(other.source);
    fill(&mut into.maintainer, other.maintainer);
    fill(&mut into.licence, other.licence);
    fill(&mut into.deprecated, other.deprecated);
    into.signed = into.signed.or(other.signed);
    if into.origin == Origin::Unknown {
        into.origin = other.origin;
    }
    // The strongest sighting comes first: a lock file of an earlier layer did not bring what is installed.
    if other.presence <= into.presence {
        into.layer = into.layer.min(other.layer);
    }
    into.presence = into.presence.min(other.presence);
    into.direct |= other.direct;
    into.cpes.extend(other.cpes);
    into.locations.extend(other.locations);
    into.depends_on.extend(other.depends_on);
}

/// Origin and package URL, which depend on the distribution.
fn describe(packages: &mut [Package], distro: Option<&Distro>) {
    let context = Context { distro };
    for package in packages {
        if let Some(row) = ecosystem(&package.ecosystem) {
            package.origin =
                if package.origin == Origin::Unknown { (row.origin)(package, &context) } else { package.origin };
            package.purl = (row.purl)(package, &context);
        } else if package.purl.is_empty() {
            let Package { ecosystem: kind, name, version, .. } = &*package;
            package.purl = Purl { kind, name, version, ..Purl::default() }.to_string();
        }
    }
}

/// A package of the operating system that owns files.
#[derive(Clone)]
struct Owner {
    purl: String,
    /// Name of its source package: what was built from one source is mended together.
    source: String,
    is_vendor: bool,
}

/// Marks the packages of other ecosystems all of whose files some operating-system package put in place. Whoever built
/// that one built them.
fn mark_owners(packages: &mut [Package], owned: &[Owned]) {
    let mut owners: BTreeMap<String, Owner> = BTreeMap::new();
    let mut asked: HashSet<&str> = HashSet::new();
    for package in &*packages {
        if package.is_of_system() {
            let owner = Owner {
                purl: package.purl.clone(),
                source: package.source_name().to_owned(),
                is_vendor: package.origin != Origin::ThirdParty,
            };
            owners.entry(package.name.clone()).or_insert_with(|| owner.clone());
            owners.insert(format!("{}:{}", package.name, package.arch), owner);
        } else {
            asked.extend(package.locations.iter().map(|location| paths::merged(location.file())));
        }
    }
    if asked.is_empty() {
        return;
    }
    let lists = paths::listed(&asked, owned.iter().filter(|list| owners.contains_key(&list.package)));
    let owner = |package: &Package| {
        // Who owns a lock file that names it does not matter.
        let there = package.locations.iter().filter(|location| location.presence == package.presence);
        let mut owners = there.map(|location| owners.get(&lists.get(paths::merged(location.file()))?.package));
        let first = owners.next()??;
        // Of two owners neither speaks for the copy of the other.
        owners.all(|owner| owner.is_some_and(|owner| owner.source == first.source)).then(|| first.clone())
    };
    let owned_by: Vec<_> =
        packages.iter().map(|package| if package.is_of_system() { None } else { owner(package) }).collect();
    for (package, owned_by) in packages.iter_mut().zip(owned_by) {
        let Some(Owner { purl, is_vendor, .. }) = owned_by else { continue };
        package.owned_by = Some(purl);
        if is_vendor && package.origin == Origin::Unknown {
            package.origin = Origin::Vendor;
        }
    }
}

/// Packages without a distribution cannot be matched. A distribution without packages is no better: its database was
/// removed, or is of a kind that has no reader, and what is installed stays unknown.
fn unknown_system(packages: &[Package], distro: Option<&Distro>) -> Option<Gap> {
    let count = packages.iter().filter(|package| package.is_of_system()).count();
    let (location, message) = match distro {
        None if count > 0 => (
            "etc/os-release",
            format!(
                "no file says which operating system the packages are of ({count}), so that their advisories cannot be \
                 chosen; keep etc/os-release in the image"
            ),
        ),
        None if packages.is_empty() => (
            "/",
            "neither an operating system nor packages were found, so that nobody knows what is inside; if this is a \
             program without packages, no reader of this version knows it"
                .to_owned(),
        ),
        Some(distro) if count == 0 => (
            "/",
            format!(
                "the operating system is {}, but no database of its packages was found, so that nobody knows what is \
                 installed; keep the package manager's database in the image",
                distro.name
            ),
        ),
        _ => return None,
    };
    Some(Gap { kind: GapKind::Blind, location: location.into(), reason: GapReason::UnknownDistro, message })
}
