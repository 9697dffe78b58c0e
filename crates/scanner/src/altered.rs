//! Files of packages that are not what the package brought: those that a later layer replaced, held against the package
//! manager's checksums.
//!
//! Who replaces a file can change the lists that speak of it. dpkg writes those of a package when it installs it, so one that
//! a later layer brought without another version of the package proves nothing. The databases of rpm and apk are written
//! anew by every installation, so the same cannot be told of them.
//!
//! What was changed in the very layer that installed the package is not seen: all of its files would have to be hashed in
//! every scan. So much is read a second time as was replaced, once: what comes of it is kept with the layers' indexes.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;
use std::path::Path;

use data_encoding::HEXLOWER;
use plimsoll_image::Image;
use plimsoll_layers::{Cache, ContentId, Error, Fetched, Finder, Kind, Limits, Place, Tree, fetch};
use plimsoll_model::{Altered, AlteredFile, Content, File, Input, Package};
use plimsoll_packages::{Algorithm, Listed, checksums, is_alone, lists, sources};

use crate::ownership::Replaced;

/// Raised when equal layers come to another answer.
const VERSION: u32 = 2;
/// Files that are compared. A step that changes owners of whole trees copies some ten thousand.
const MOST_FILES: usize = 20_000;
/// Their bytes, and those of databases.
const MOST_BYTES: u64 = 2 << 30;
/// Bytes read at a time.
const PIECE: usize = 64 << 10;

/// Where things are.
pub struct Where<'a> {
    /// The image.
    pub image: &'a Image,
    /// Its final tree.
    pub tree: &'a Tree,
    /// Its packages.
    pub packages: &'a [Package],
    /// Remembers answers.
    pub cache: Option<&'a Cache>,
    /// Bounds on layers.
    pub limits: &'a Limits,
    /// For temporary files.
    pub temporary: &'a Path,
}

/// A database of checksums, or a list of them.
struct Database {
    path: String,
    place: Place,
    with: Option<(String, Place)>,
}

/// Compares; none where nothing can be: no package manager keeps checksums, or there is but one layer.
///
/// # Errors
/// When a layer cannot be read again.
pub fn altered(at: &Where<'_>, mut replaced: Vec<Replaced>) -> Result<Option<Altered>, Error> {
    let keeps_checksums = at.packages.iter().any(|package| !sources(package).is_empty());
    if !keeps_checksums || at.image.summary.layers.len() < 2 {
        return Ok(None);
    }
    let mut left = MOST_BYTES;
    let all = replaced.len();
    replaced.truncate(MOST_FILES);
    replaced.retain(|file| take(&mut left, file.place.size));
    let databases = databases(at, &replaced, &mut left);
    let over = all.saturating_sub(replaced.len()).saturating_add(changed_lists(at));
    if replaced.is_empty() {
        return Ok(Some(Altered { files: Vec::new(), uncompared: over }));
    }
    let key = key(at.image, &replaced, &databases);
    let known = key.as_ref().and_then(|key| at.cache?.recall::<Altered>(key));
    let compared = match known {
        Some(known) => known,
        None => {
            let found = compare(at, &replaced, &databases)?;
            if let (Some(cache), Some(key)) = (at.cache, &key) {
                // A full disk makes the next scan slower, not this one wrong.
                let _ = cache.keep(key, &found);
            }
            found
        }
    };
    Ok(Some(Altered { uncompared: compared.uncompared.saturating_add(over), ..compared }))
}

/// Lists of packages' files that are gone, or that a later layer brought than the package: what they do not name may have
/// been replaced.
fn changed_lists(at: &Where<'_>) -> usize {
    let mut finder = Finder::new(at.tree);
    let installed = at.packages.iter().filter(|package| package.presence.is_installed());
    let mut is_changed = |package: &&Package| {
        let lists = lists(package);
        let mut places = lists.iter().filter_map(|path| finder.find(path.as_bytes()));
        let is_sound = |place: Place| place.kind == Kind::File && usize::from(place.content.layer) <= package.layer;
        !lists.is_empty() && !places.next().is_some_and(is_sound)
    };
    installed.filter(&mut is_changed).count()
}

fn take(left: &mut u64, size: u64) -> bool {
    let rest = left.checked_sub(size);
    *left = rest.unwrap_or(*left);
    rest.is_some()
}

/// The databases of the packages that list these files, each once, with the packages' positions.
fn databases(at: &Where<'_>, replaced: &[Replaced], left: &mut u64) -> BTreeMap<String, Database> {
    let mut finder = Finder::new(at.tree);
    let mut found = BTreeMap::new();
    let owners: BTreeSet<usize> = replaced.iter().flat_map(|file| file.owners.iter().copied()).collect();
    for package in owners.into_iter().filter_map(|owner| at.packages.get(owner)) {
        let mut file = |path: &str| finder.find(path.as_bytes()).filter(|place| place.kind == Kind::File);
        for [main, with] in sources(package) {
            let Some((path, place)) =
                main.and_then(|path| Some((file(&path)?, path))).map(|(place, path)| (path, place))
            else {
                continue;
            };
            if !found.contains_key(&path) && take(left, place.size) {
                let with = with.and_then(|path| Some((file(&path)?, path))).map(|(place, path)| (path, place));
                let with = with.filter(|(_, place)| take(left, place.size));
                found.insert(path.clone(), Database { path, place, with });
            }
            break;
        }
    }
    found
}

/// Stands for all that the answer depends on; none when the bytes of a layer were not verified.
fn key(image: &Image, replaced: &[Replaced], databases: &BTreeMap<String, Database>) -> Option<String> {
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    let mut add = |part: &[u8]| {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part);
    };
    add(format!("altered {VERSION}").as_bytes());
    let files = replaced.iter().map(|file| (&file.path, file.place));
    let lists = databases.values().map(|database| (&database.path, database.place));
    let beside = databases.values().filter_map(|database| database.with.as_ref().map(|(path, place)| (path, *place)));
    for (path, place) in files.chain(lists).chain(beside) {
        add(path.as_bytes());
        add(image.summary.layers.get(usize::from(place.content.layer))?.digest.as_ref()?.as_str().as_bytes());
        add(&place.content.entry.to_le_bytes());
    }
    Some(HEXLOWER.encode(hash.finish().as_ref()))
}

fn compare(at: &Where<'_>, replaced: &[Replaced], databases: &BTreeMap<String, Database>) -> Result<Altered, Error> {
    let files = replaced.iter().filter(|file| file.place.kind == Kind::File).map(|file| file.place.content);
    let lists = databases.values().flat_map(|database| {
        [Some(database.place.content), database.with.as_ref().map(|(_, place)| place.content)].into_iter().flatten()
    });
    let ids: BTreeSet<ContentId> = files.chain(lists).collect();
    let fetched = fetch(at.image, &ids, at.limits, at.temporary)?;
    let asked: HashSet<&str> = replaced.iter().map(|file| file.path.as_str()).collect();
    let mut expected: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
    // Who has no list, or one that cannot be read, says nothing of its files.
    let mut is_silent = databases.is_empty();
    for database in databases.values() {
        match read(&fetched, database, &asked) {
            Some(listed) => listed.into_iter().for_each(|one| expected.entry(one.path.clone()).or_default().push(one)),
            None => is_silent = true,
        }
    }
    let mut found = Altered::default();
    for file in replaced {
        let listed = expected.get(&file.path).map_or(&[][..], Vec::as_slice);
        let is_doubtful = has_changed_list(at, file, databases);
        if listed.is_empty() {
            let is_unknown = is_silent || is_doubtful || !has_list(at, file, databases);
            found.uncompared = found.uncompared.saturating_add(usize::from(is_unknown));
            continue;
        }
        match is_as_listed(at, file, &fetched, listed) {
            Ok(true) => found.uncompared = found.uncompared.saturating_add(usize::from(is_doubtful)),
            Ok(false) => found.files.push(AlteredFile {
                path: file.path.clone(),
                layer: usize::from(file.place.content.layer),
                package: file
                    .owners
                    .first()
                    .and_then(|owner| at.packages.get(*owner))
                    .map_or_else(String::new, |package| package.name.clone()),
            }),
            Err(_) => found.uncompared = found.uncompared.saturating_add(1),
        }
    }
    Ok(found)
}

/// Whether what is there now has one of these checksums. A link has none of a file; apk has those of links' targets too.
fn is_as_listed(at: &Where<'_>, file: &Replaced, fetched: &Fetched, listed: &[Listed]) -> io::Result<bool> {
    match file.place.kind {
        Kind::File => is_one_of(fetched.content(file.place.content)?.as_ref(), listed),
        Kind::Link => {
            let of_apk: Vec<Listed> = listed.iter().filter(|one| one.algorithm == Algorithm::Sha1).cloned().collect();
            let link = at.tree.get(file.path.as_bytes()).map(|entry| entry.link.to_vec()).unwrap_or_default();
            is_one_of(&link.as_slice(), &of_apk)
        }
        _ => Ok(false),
    }
}

/// Whether a later layer brought the checksums of an owner of the file than that owner.
fn has_changed_list(at: &Where<'_>, file: &Replaced, databases: &BTreeMap<String, Database>) -> bool {
    let owners = file.owners.iter().filter_map(|owner| at.packages.get(*owner)).filter(|owner| is_alone(owner));
    let is_late = |owner: &Package| {
        let mut lists = sources(owner).into_iter().flatten().flatten().filter_map(|path| databases.get(&path));
        lists.any(|database| usize::from(database.place.content.layer) > owner.layer)
    };
    owners.into_iter().any(is_late)
}

/// Whether the checksums of an owner of the file are there at all.
fn has_list(at: &Where<'_>, file: &Replaced, databases: &BTreeMap<String, Database>) -> bool {
    let owners = file.owners.iter().filter_map(|owner| at.packages.get(*owner));
    owners.flat_map(sources).flatten().flatten().any(|path| databases.contains_key(&path))
}

fn read(fetched: &Fetched, database: &Database, asked: &HashSet<&str>) -> Option<Vec<Listed>> {
    let content = fetched.content(database.place.content).ok()?;
    let beside = database.with.as_ref().and_then(|(path, place)| Some((path, fetched.content(place.content).ok()?)));
    let with: Vec<File<'_>> = beside.iter().map(|(path, content)| File { path, content: content.as_ref() }).collect();
    checksums(&Input { file: File { path: &database.path, content: content.as_ref() }, with: &with }, asked).ok()
}

fn is_one_of(content: &dyn Content, listed: &[Listed]) -> io::Result<bool> {
    let algorithms: BTreeSet<Algorithm> = listed.iter().map(|one| one.algorithm).collect();
    for algorithm in algorithms {
        let found = checksum(content, algorithm)?;
        if listed.iter().any(|one| one.algorithm == algorithm && one.checksum == found) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn checksum(content: &dyn Content, algorithm: Algorithm) -> io::Result<String> {
    use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512};
    let with = match algorithm {
        Algorithm::Md5 => {
            let mut hash = <md5::Md5 as md5::Digest>::new();
            pieces(content, &mut |piece| md5::Digest::update(&mut hash, piece))?;
            return Ok(HEXLOWER.encode(md5::Digest::finalize(hash).as_ref()));
        }
        Algorithm::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
        Algorithm::Sha256 => &SHA256,
        Algorithm::Sha384 => &SHA384,
        Algorithm::Sha512 => &SHA512,
    };
    let mut hash = Context::new(with);
    pieces(content, &mut |piece| hash.update(piece))?;
    Ok(HEXLOWER.encode(hash.finish().as_ref()))
}

fn pieces(content: &dyn Content, each: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    let (mut buffer, mut offset) = (vec![0; PIECE], 0);
    while offset < content.size() {
        let length = usize::try_from(content.size().saturating_sub(offset)).unwrap_or(usize::MAX).min(PIECE);
        let piece = buffer.get_mut(..length).unwrap_or_default();
        content.read_at(offset, piece)?;
        each(piece);
        offset = offset.saturating_add(length as u64);
    }
    Ok(())
}
