//! Makes a published folder of shards, or renews one.
//!
//! Everything is written aside and renamed, the current index last; what no kept index names is deleted after that. A
//! crash at any moment leaves the older or the newer state, and files that the next run uses or deletes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::index::{self, Blob, Delta, Entry, Index, path_of};
use super::{Error, INDEX, Refusal, SIGNATURE, SigningKey, pack, stamp};
use crate::database::Shard;

/// Shards that are packed at the same time: each takes some hundred megabytes while it is large.
const WORKERS: usize = 2;

/// Older shards of each space and feed that there is a delta from.
const DELTAS: usize = 3;

/// A delta is kept when it has at most this part of the whole: below, one more file is not worth it.
const WORTHWHILE: u64 = 2;

/// How a folder is made.
pub struct Publishing<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// The time of the build, RFC 3339 in UTC and whole seconds.
    pub built: String,
    /// Who signs; nobody: readers refuse it until `sign` was run.
    pub keys: &'a [SigningKey],
    /// Indexes to keep, the new one among them.
    pub keep: usize,
}

/// A shard to publish.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Made {
    /// Its file.
    pub path: PathBuf,
    /// When its documents were last compared with their publisher's, RFC 3339.
    pub checked: String,
}

/// Publishes these shards, and no others. Equal shards into equal folders at the same time give equal files, signatures
/// apart, which have something random in them.
///
/// # Errors
/// When a shard or the folder cannot be read or written, or the folder holds something newer.
pub fn publish(shards: &[Made], publishing: &Publishing<'_>) -> Result<Index, Error> {
    let folder = publishing.folder;
    stamp(&publishing.built).map_err(Error::Senseless)?;
    for name in ["blobs", "indexes"] {
        fs::create_dir_all(folder.join(name)).map_err(failed("create", folder))?;
    }
    let _lock = lock(folder)?;
    let before = current(folder)?;
    if let Some(before) = before.as_ref().filter(|before| before.built > publishing.built) {
        return Err(Error::Senseless(format!(
            "{} holds an index of {}, which is newer than {}; check the clock and SOURCE_DATE_EPOCH",
            folder.display(),
            before.built,
            publishing.built
        )));
    }
    let history = history(folder, before.as_ref(), publishing);
    let older = Older::read(folder, before.as_ref(), &history);
    let index = Index::new(publishing.built.clone(), history, pack_all(shards, folder, &older)?);
    if before.as_ref().is_some_and(|before| before.built == index.built && *before != index) {
        let built = &index.built;
        return Err(Error::Senseless(format!(
            "{} holds another index of {built}; build again later",
            folder.display()
        )));
    }
    write_index(folder, &index, publishing.keys)?;
    prune(folder, &index)?;
    Ok(index)
}

/// Signs the current index of a folder, in place of the signatures that it has.
///
/// # Errors
/// When there is no index, or the file system refuses.
pub fn sign(folder: &Path, keys: &[SigningKey]) -> Result<Index, Error> {
    let _lock = lock(folder)?;
    let index = current(folder)?.ok_or_else(|| {
        Error::Senseless(format!("{} holds no {INDEX}; make one with plimsoll db build", folder.display()))
    })?;
    write_index(folder, &index, keys)?;
    Ok(index)
}

/// Held until it is dropped: of two builds into one folder, one would delete what the other has just written.
pub(super) fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join(".lock");
    let file = File::create(&path).map_err(failed("write", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => {
            Err(Error::Senseless(format!("another build is at work in {}; wait for it", folder.display())))
        }
        Err(fs::TryLockError::Error(error)) => Err(failed("lock", &path)(error)),
    }
}

pub(super) fn failed(action: &'static str, path: &Path) -> impl Fn(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { action, path: path.clone(), source }
}

/// The index that a folder has, whoever signed it: what is built from it is signed anew.
fn current(folder: &Path) -> Result<Option<Index>, Error> {
    read(folder, INDEX)
}

fn read(folder: &Path, name: &str) -> Result<Option<Index>, Error> {
    let path = folder.join(name);
    let file = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(failed("read", &path))?,
    };
    let mut bytes = Vec::new();
    file.take(index::LARGEST.saturating_add(1)).read_to_end(&mut bytes).map_err(failed("read", &path))?;
    let refused = |refusal: Refusal| Error::Refused { place: path.display().to_string(), refusal };
    Index::parse(&bytes).map(Some).map_err(refused)
}

/// The older indexes that stay.
fn history(folder: &Path, before: Option<&Index>, publishing: &Publishing<'_>) -> Vec<String> {
    let Some(before) = before else { return Vec::new() };
    let times = std::iter::once(&before.built).chain(&before.history).filter(|time| **time != publishing.built);
    let there = times.filter(|time| path_of(time).is_some_and(|path| folder.join(path).is_file()));
    there.take(publishing.keep.saturating_sub(1)).cloned().collect()
}

/// What earlier builds left, by space and feed, newest first.
struct Older(BTreeMap<(String, String), Vec<Entry>>);

impl Older {
    fn read(folder: &Path, before: Option<&Index>, history: &[String]) -> Self {
        // One that cannot be read any more only means fewer deltas.
        let kept = history.iter().filter_map(|time| read(folder, &path_of(time)?).ok().flatten());
        let mut older: BTreeMap<(String, String), Vec<Entry>> = BTreeMap::new();
        for entry in before.iter().flat_map(|index| index.shards.clone()).chain(kept.flat_map(|index| index.shards)) {
            let known = older.entry((entry.space.clone(), entry.feed.clone())).or_default();
            if !known.iter().any(|known| known.digest == entry.digest) && is_there(folder, &entry.blob) {
                known.push(entry);
            }
        }
        Self(older)
    }

    fn of(&self, space: &str, feed: &str) -> &[Entry] {
        self.0.get(&(space.to_owned(), feed.to_owned())).map(Vec::as_slice).unwrap_or_default()
    }
}

pub(super) fn is_there(folder: &Path, blob: &Blob) -> bool {
    folder.join(blob.path()).metadata().is_ok_and(|found| found.is_file() && found.len() == blob.size)
}

fn pack_all(shards: &[Made], folder: &Path, older: &Older) -> Result<Vec<Entry>, Error> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(shards.len()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS.min(shards.len()) {
            scope.spawn(|| {
                while let Some(made) = shards.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let entry = pack_one(made, folder, older);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(entry);
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut entries = done.into_iter().collect::<Result<Vec<_>, _>>()?;
    entries.sort_by(|a, b| (&a.space, &a.feed).cmp(&(&b.space, &b.feed)));
    Ok(entries)
}

fn pack_one(made: &Made, folder: &Path, older: &Older) -> Result<Entry, Error> {
    let shard = Shard::open(&made.path)?;
    let older = older.of(shard.space(), shard.feed());
    let content = pack::content(shard.bytes());
    let blob = match older.iter().find(|entry| entry.content == content) {
        Some(same) => same.blob.clone(),
        None => {
            let packed = pack::compress(shard.bytes()).map_err(failed("compress", &made.path))?;
            store(folder, &packed)?
        }
    };
    let mut deltas = Vec::new();
    for from in older.iter().filter(|entry| entry.content != content).take(DELTAS) {
        deltas.extend(delta(&shard, from, &content, &blob, folder, older)?);
    }
    Ok(Entry {
        space: shard.space().into(),
        feed: shard.feed().into(),
        date: shard.date().into(),
        checked: made.checked.clone(),
        records: shard.records() as u64,
        digest: shard.digest().into(),
        content,
        size: shard.size(),
        blob,
        deltas,
    })
}

/// The way from an older shard, if it is worth having. One that an earlier build found is taken from it.
fn delta(
    shard: &Shard,
    from: &Entry,
    content: &str,
    whole: &Blob,
    folder: &Path,
    older: &[Entry],
) -> Result<Option<Delta>, Error> {
    let known = older.iter().find(|entry| entry.content == content).map(|entry| &entry.deltas);
    let known = known.and_then(|deltas| deltas.iter().find(|delta| delta.from == from.digest));
    if let Some(known) = known.filter(|known| is_there(folder, &known.blob)) {
        return Ok(Some(known.clone()));
    }
    let path = folder.join(from.blob.path());
    let mut old = Vec::new();
    let inflated = File::open(&path).and_then(|blob| pack::inflate(blob, None, from.size, &mut old));
    // A damaged old blob is a delta less; its own readers will be told.
    if inflated.ok().as_ref() != Some(&from.content) {
        return Ok(None);
    }
    let packed = pack::delta(&old, shard.bytes()).map_err(failed("compress", shard.path()))?;
    match packed {
        Some(packed) if (packed.len() as u64).saturating_mul(WORTHWHILE) <= whole.size => {
            Ok(Some(Delta { from: from.digest.clone(), blob: store(folder, &packed)? }))
        }
        _ => Ok(None),
    }
}

/// Puts a blob into the folder under its digest.
fn store(folder: &Path, bytes: &[u8]) -> Result<Blob, Error> {
    let (digest, size) = pack::sha256(bytes).map_err(failed("read", folder))?;
    let blob = Blob { digest, size };
    if !is_there(folder, &blob) {
        write(&folder.join(blob.path()), bytes)?;
    }
    Ok(blob)
}

/// Writes a file aside and renames it. Whoever may read the folder may read it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let write = || -> io::Result<()> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".new-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let mut file = builder.tempfile_in(path.parent().unwrap_or(Path::new(".")))?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(failed("write", path))
}

/// Writes the index and its signatures: those that are kept first, the current index last.
fn write_index(folder: &Path, index: &Index, keys: &[SigningKey]) -> Result<(), Error> {
    let bytes = index.to_bytes();
    let kept = path_of(&index.built).unwrap_or_default();
    let comment = format!("plimsoll advisories built {}", index.built);
    let mut names: BTreeSet<PathBuf> = BTreeSet::new();
    let mut signatures = Vec::new();
    for (place, key) in keys.iter().enumerate() {
        let suffix = if place == 0 { SIGNATURE.to_owned() } else { format!(".{}{SIGNATURE}", key.id()) };
        signatures.push((suffix, key.sign(&bytes, &comment)?));
    }
    let mut put = |name: String, bytes: &[u8]| {
        let path = folder.join(name);
        let written = write(&path, bytes);
        names.insert(path);
        written
    };
    for (suffix, signature) in &signatures {
        put(format!("{kept}{suffix}"), signature.as_bytes())?;
    }
    put(kept.clone(), &bytes)?;
    sync(&folder.join("indexes"))?;
    sync(&folder.join("blobs"))?;
    for (suffix, signature) in &signatures {
        put(format!("{INDEX}{suffix}"), signature.as_bytes())?;
    }
    put(INDEX.into(), &bytes)?;
    sync(folder)?;
    // Signatures by keys that no longer sign.
    for prefix in [INDEX, kept.as_str()] {
        let path = folder.join(prefix);
        let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
            continue;
        };
        let ends = |found: &str| found.starts_with(name) && found.ends_with(SIGNATURE);
        remove(parent, |found| ends(found) && !names.contains(&parent.join(found)))?;
    }
    Ok(())
}

/// Renames last only once the folder is written.
pub(super) fn sync(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed("write", folder))
}

/// Deletes what no kept index names, and what a crash left behind.
fn prune(folder: &Path, index: &Index) -> Result<(), Error> {
    let kept: BTreeSet<String> =
        std::iter::once(&index.built).chain(&index.history).filter_map(|time| path_of(time)).collect();
    let mut blobs: BTreeSet<String> = index.blobs().into_iter().map(Blob::path).collect();
    for path in &kept {
        blobs.extend(read(folder, path)?.iter().flat_map(Index::blobs).map(Blob::path));
    }
    let is_kept = |found: &str| kept.iter().any(|path| format!("indexes/{found}").starts_with(path));
    remove(&folder.join("indexes"), |found| !is_kept(found))?;
    remove(&folder.join("blobs"), |found| !blobs.contains(&format!("blobs/{found}")))?;
    remove(folder, |found| found.starts_with(".new-"))
}

fn remove(folder: &Path, unwanted: impl Fn(&str) -> bool) -> Result<(), Error> {
    for found in fs::read_dir(folder).map_err(failed("list", folder))? {
        let found = found.map_err(failed("list", folder))?;
        if found.file_name().to_str().is_some_and(&unwanted) {
            let path = found.path();
            fs::remove_file(&path).map_err(failed("delete", &path))?;
        }
    }
    Ok(())
}
