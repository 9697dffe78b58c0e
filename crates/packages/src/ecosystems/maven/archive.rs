//! Java archives, and those inside them.
//!
//! Owns the walk over an archive and which artifacts it holds. One archive may hold several: a shaded one keeps the
//! `pom.properties` of what was put into it. Classes are never read.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Content, Dependency, Facts, Input, Location, Malformed, Package};

use super::coordinates::{self, Coordinates, is_id, is_version};
use super::groups::{self, Known};
use super::manifest::Manifest;
use super::pom::Pom;
use super::properties;
use crate::lines::Complaints;
use crate::zip::{self, Archive, Budget, Entry};

/// Endings of archives that hold classes or other archives.
pub(super) const ENDINGS: &[&str] =
    &["jar", "war", "ear", "par", "sar", "nar", "kar", "far", "jpi", "hpi", "lpkg", "aar", "rar"];
/// Bytes of the manifest. Signed archives list a digest of every entry in it: 200 bytes each.
const LARGEST_MANIFEST: u64 = 16 << 20;
/// Bytes of a `pom.properties`; real ones have a hundred.
const LARGEST_PROPERTIES: u64 = 64 << 10;
/// Bytes of a `pom.xml`; the largest have some 300 kB.
const LARGEST_POM: u64 = 2 << 20;
/// Artifacts of one file, those of archives inside it counted too. The largest distributions have some thousand.
const MOST_ARTIFACTS: usize = 20_000;
const MANIFEST: &str = "META-INF/MANIFEST.MF";

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let content = input.file.content;
    let budget = Budget::new(content.size());
    let mut found = Found::default();
    let place = Place { path: input.file.path, inner: "", depth: 0 };
    match found.walk(content, &budget, &place) {
        // A script whose name ends like an archive's; one with an archive behind it has been read.
        Err(_) if begins_with_script(content) => return Ok(Facts::default()),
        outcome => outcome?,
    }
    found.complaints.settle(Facts { packages: found.packages, ..Facts::default() })
}

fn begins_with_script(content: &dyn Content) -> bool {
    let mut start = [0; 2];
    content.read_at(0, &mut start).is_ok() && start == *b"#!"
}

/// Where an archive lies.
struct Place<'a> {
    /// Of the file in the image, or of the entry in the archive around it.
    path: &'a str,
    /// Its whole place inside the file in the image, empty for that file itself.
    inner: &'a str,
    depth: usize,
}

impl Place<'_> {
    /// The whole place of an entry of this archive.
    fn of(&self, entry: &str) -> String {
        if self.inner.is_empty() { entry.to_owned() } else { format!("{}!/{entry}", self.inner) }
    }
}

#[derive(Default)]
struct Found {
    packages: Vec<Package>,
    complaints: Complaints,
}

impl Found {
    fn walk(&mut self, content: &dyn Content, budget: &Budget, place: &Place<'_>) -> Result<(), Malformed> {
        let name = Name::of(place.path);
        let wants = |entry: &str| {
            name.look(entry);
            entry == MANIFEST || metadata(entry).is_some() || is_archive(entry)
        };
        let archive = Archive::open(content, budget, &wants)?;
        if let Some(reason) = &archive.incomplete {
            self.complain(place, reason);
        }
        let first = self.packages.len();
        let manifest = self.manifest(&archive, place);
        let own = self.artifacts(&archive, place, &name, &manifest);
        let inside = self.packages.len();
        for entry in archive.entries.iter().filter(|entry| is_archive(&entry.name)) {
            self.inner(&archive, entry, budget, place);
        }
        if let (0, Some(pom)) = (place.depth, own.as_ref().and_then(|own| own.pom.as_ref())) {
            mark_direct(self.packages.get_mut(inside..).unwrap_or_default(), pom);
        }
        let is_container = archive.entries.iter().any(|entry| is_archive(&entry.name));
        let is_known = own.is_some() || inside > first;
        if !is_known && let Some(own) = name.conclude(place.path, &manifest, is_container) {
            self.push(package(&own, &manifest, place));
        }
        Ok(())
    }

    /// The artifacts that left their Maven metadata. Gives that which is the archive itself, when one is.
    fn artifacts(
        &mut self,
        archive: &Archive<'_>,
        place: &Place<'_>,
        name: &Name<'_>,
        manifest: &Manifest,
    ) -> Option<Artifact> {
        let mut artifacts: Vec<Artifact> = Vec::new();
        for ((group, artifact), files) in by_artifact(&archive.entries) {
            match files.read(archive, group, artifact) {
                Ok(found) => artifacts.push(found),
                Err(complaint) => self.complain(place, &complaint),
            }
        }
        let concluded = name.conclude(place.path, manifest, false);
        let own = own(&artifacts, name, concluded.as_ref());
        if own.is_none()
            && !artifacts.is_empty()
            && !name.version.is_empty()
            && let Some(concluded) = concluded
        {
            self.push(package(&concluded, manifest, place));
        }
        for (number, artifact) in artifacts.iter().enumerate() {
            let is_own = own == Some(number);
            self.push(artifact.package(manifest, place, is_own));
        }
        own.filter(|number| *number < artifacts.len()).map(|number| artifacts.swap_remove(number))
    }

    fn manifest(&mut self, archive: &Archive<'_>, place: &Place<'_>) -> Manifest {
        let Some(entry) = archive.entries.iter().find(|entry| entry.name == MANIFEST) else {
            return Manifest::default();
        };
        match archive.bytes(entry, LARGEST_MANIFEST) {
            Ok(bytes) => Manifest::parse(&bytes),
            Err(error) => {
                self.complain(place, &error.to_string());
                Manifest::default()
            }
        }
    }

    fn inner(&mut self, archive: &Archive<'_>, entry: &Entry, budget: &Budget, place: &Place<'_>) {
        let depth = place.depth.saturating_add(1);
        if depth > zip::DEEPEST {
            return self.complain(place, &format!("{}: archives in archives, {depth} deep; not read", entry.name));
        }
        let whole = place.of(&entry.name);
        let outcome = archive.inner(entry).and_then(|inner| {
            let content = inner.content();
            // Resources may have such names and be something else.
            if !begins_as_archive(content) {
                return Ok(());
            }
            let place = Place { path: &entry.name, inner: &whole, depth };
            self.walk(content, budget, &place).map_err(|error| Malformed(format!("{}: {error}", entry.name)))
        });
        if let Err(error) = outcome {
            self.complain(place, &error.to_string());
        }
    }

    fn complain(&mut self, place: &Place<'_>, what: &str) {
        let complaint = if place.inner.is_empty() { what.to_owned() } else { format!("{}: {what}", place.inner) };
        self.complaints.push(complaint);
    }

    fn push(&mut self, package: Package) {
        if self.packages.len() < MOST_ARTIFACTS {
            self.packages.push(package);
        } else {
            self.complaints.push(format!("more than {MOST_ARTIFACTS} artifacts; {} was left out", package.name));
        }
    }
}

fn begins_as_archive(content: &dyn Content) -> bool {
    let mut start = [0; 4];
    content.read_at(0, &mut start).is_ok() && super::STARTS.iter().any(|known| start.starts_with(known))
}

fn is_archive(entry: &str) -> bool {
    entry.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// Group, artifact and file name of `META-INF/maven/GROUP/ARTIFACT/pom.*`.
pub(super) fn metadata(entry: &str) -> Option<(&str, &str, &str)> {
    let mut parts = entry.strip_prefix("META-INF/maven/")?.split('/');
    let found = (parts.next()?, parts.next()?, parts.next()?);
    (parts.next().is_none() && matches!(found.2, "pom.properties" | "pom.xml")).then_some(found)
}

/// The metadata of one artifact.
#[derive(Default)]
struct Files<'a> {
    properties: Option<&'a Entry>,
    pom: Option<&'a Entry>,
}

fn by_artifact(entries: &[Entry]) -> BTreeMap<(&str, &str), Files<'_>> {
    let mut artifacts: BTreeMap<(&str, &str), Files<'_>> = BTreeMap::new();
    for entry in entries {
        let Some((group, artifact, file)) = metadata(&entry.name) else { continue };
        let files = artifacts.entry((group, artifact)).or_default();
        if file == "pom.xml" {
            files.pom = Some(entry);
        } else {
            files.properties = Some(entry);
        }
    }
    artifacts
}

impl Files<'_> {
    /// What they say. Folders name group and artifact where the files do not.
    fn read(&self, archive: &Archive<'_>, group: &str, artifact: &str) -> Result<Artifact, String> {
        let pom = self.pom.map(|entry| {
            let bytes = archive.bytes(entry, LARGEST_POM)?;
            Pom::parse(&bytes).map_err(|error| Malformed(format!("{}: {error}", entry.name)))
        });
        let stated = match self.properties {
            Some(entry) => archive.bytes(entry, LARGEST_PROPERTIES).map(|bytes| properties::coordinates(&bytes)),
            None => Ok(Coordinates::default()),
        };
        let pom_version = pom.as_ref().map(|pom| pom.as_ref().map(|pom| pom.own().version.clone()));
        let version = match (&stated, pom_version) {
            (Ok(stated), _) if is_version(&stated.version) => stated.version.clone(),
            (Err(error), _) | (_, Some(Err(error))) => return Err(error.to_string()),
            (_, Some(Ok(version))) if is_version(&version) => version,
            _ => return Err(format!("META-INF/maven/{group}/{artifact}: states no version")),
        };
        let stated = stated.unwrap_or_default();
        let or = |stated: String, folder: &str| if is_id(&stated) { stated } else { folder.to_owned() };
        let coordinates =
            Coordinates { group: or(stated.group, group), artifact: or(stated.artifact, artifact), version };
        if !is_id(&coordinates.group) || !is_id(&coordinates.artifact) {
            return Err(format!("META-INF/maven/{group}/{artifact}: no name that Maven would take"));
        }
        let folder = format!("META-INF/maven/{group}/{artifact}");
        Ok(Artifact { coordinates, folder, pom: pom.and_then(Result::ok) })
    }
}

/// An artifact that left its Maven metadata.
struct Artifact {
    coordinates: Coordinates,
    /// Where its metadata is.
    folder: String,
    pom: Option<Pom>,
}

impl Artifact {
    fn package(&self, manifest: &Manifest, place: &Place<'_>, is_own: bool) -> Package {
        let mut package = if is_own {
            package(&self.coordinates, manifest, place)
        } else {
            let location = Location::at(place.of(&self.folder));
            Package {
                locations: vec![location],
                ..Package::new("maven", self.coordinates.name(), &self.coordinates.version)
            }
        };
        if let Some(pom) = &self.pom {
            let licence = pom.licence();
            if !licence.is_empty() {
                package.licence = licence;
            }
            package.depends_on = pom.needs();
        }
        package
    }
}

/// The package that an archive is.
fn package(coordinates: &Coordinates, manifest: &Manifest, place: &Place<'_>) -> Package {
    let mut package = Package::new("maven", coordinates.name(), &coordinates.version);
    if !place.inner.is_empty() {
        package.locations = vec![Location::at(place.inner)];
    }
    package.licence = manifest.licence().to_owned();
    package.maintainer = manifest.vendor().to_owned();
    package
}

/// Which of the artifacts is the archive itself: by file name, by version, or because it is the only one.
fn own(artifacts: &[Artifact], name: &Name<'_>, concluded: Option<&Coordinates>) -> Option<usize> {
    let position =
        |is_meant: &dyn Fn(&Coordinates) -> bool| artifacts.iter().position(|artifact| is_meant(&artifact.coordinates));
    let by_name = position(&|own| own.artifact.eq_ignore_ascii_case(name.artifact))
        .or_else(|| position(&|own| name.stem.eq_ignore_ascii_case(&own.artifact)))
        .or_else(|| position(&|own| concluded.is_some_and(|concluded| concluded.name() == own.name())));
    let only = || position(&|own| name.version.is_empty() || name.version == own.version);
    by_name.or_else(|| if artifacts.len() == 1 { only() } else { None })
}

/// The packages inside an application that its own project file asks for.
fn mark_direct(packages: &mut [Package], pom: &Pom) {
    let needs = pom.needs();
    let asked: BTreeSet<&str> = needs.iter().map(|Dependency { name, .. }| name.as_str()).collect();
    for package in packages {
        package.direct |= asked.contains(package.name.as_str());
    }
}

/// What the file name says, and which groups it may mean.
struct Name<'a> {
    stem: &'a str,
    artifact: &'a str,
    version: &'a str,
    /// Rows of the table, and whether the archive has their classes.
    known: Vec<(&'static Known, Cell<bool>)>,
}

impl<'a> Name<'a> {
    fn of(path: &'a str) -> Self {
        let stem = coordinates::stem(path);
        let (artifact, version) = coordinates::split(stem);
        let known = groups::known(artifact).map(|row| (row, Cell::new(false))).collect();
        Self { stem, artifact, version, known }
    }

    /// Takes note of an entry of the archive.
    fn look(&self, entry: &str) {
        for (row, is_there) in &self.known {
            if !is_there.get() && row.has(entry) {
                is_there.set(true);
            }
        }
    }

    /// What the archive is, from all but Maven's own metadata. The version of the file name is Maven's; a manifest's
    /// often has more or less in it.
    fn conclude(&self, path: &str, manifest: &Manifest, is_container: bool) -> Option<Coordinates> {
        if let Some(found) = coordinates::of_path(path).or_else(|| manifest.coordinates()) {
            return Some(found);
        }
        // Sources and documentation do not run; an Android library's own classes are what the file around them is.
        if self.stem.ends_with("-sources")
            || self.stem.ends_with("-javadoc")
            || path == "classes.jar"
            || !is_id(self.artifact)
        {
            return None;
        }
        let version = if self.version.is_empty() { manifest.version() } else { self.version };
        if version.is_empty() && is_container {
            return None;
        }
        let known = self.known.iter().find(|(row, is_there)| is_there.get() && row.is_of(version)).map(|(row, _)| *row);
        let (group, artifact) = match known {
            Some(row) => (row.group(), row.artifact(self.artifact)),
            None => (manifest.group_of(self.artifact), self.artifact),
        };
        Some(Coordinates::new(group, artifact, version))
    }
}
