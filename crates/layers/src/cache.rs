//! Layer indexes on disk, so that no layer is read twice, and facts that would need a second reading.
//!
//! Any number of processes share a cache without locks: a file is written under another name, flushed, and renamed to
//! its own, so it is there whole or not at all. The name of an index is the digest of the stored layer, which was verified,
//! and a fingerprint of all that shapes an index; facts are named in [`crate::memory`]. What is damaged or foreign is ignored, and written anew. A cache that fails
//! makes a scan slower and never wrong, so none of its failures is an error of the scan.

use std::fs::{self, File, FileTimes};
use std::io::{self, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use data_encoding::HEXLOWER;
use plimsoll_model::{Detector, Digest, Reader, Sieve};
use ring::digest::{SHA256, digest};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::index::{LayerIndex, Notes, VERSION};
use crate::limits::Limits;

/// First bytes of every file.
const MAGIC: &[u8; 8] = b"PLMSLYR\0";
/// Unpacked bytes of one index that are believed: 5 million entries of 100 bytes, and kept files.
const MOST: usize = 1 << 30;
/// After this long, nobody is still writing.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// A folder of layer indexes.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    limit: u64,
}

impl Cache {
    /// The cache in this folder, which is made when it is not there. Above `limit` bytes, what was not used for longest
    /// is removed.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: &Path, limit: u64) -> io::Result<Self> {
        // An index decides what a scan sees: nobody else may write here.
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        Ok(Self { folder: folder.to_owned(), limit })
    }

    /// The index of a layer, if a whole one is there. Its facts are those of `readers`.
    pub(crate) fn load(&self, layer: &Digest, fingerprint: &str) -> Option<LayerIndex> {
        self.load_as(&self.path(layer, fingerprint), decode)
    }

    /// What was learnt of the layers that this key stands for, which must be made of all that it depends on.
    pub fn recall<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.load_as(&self.facts_path(key), |body| {
            let (plain, packed) = length(body)?;
            let plain = zstd::bulk::decompress(packed, plain.min(MOST)).ok()?;
            serde_json::from_slice(&plain).ok()
        })
    }

    fn load_as<T>(&self, path: &Path, decode: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        let file = File::open(path).ok()?;
        let mut bytes = Vec::new();
        file.take(MOST as u64).read_to_end(&mut bytes).ok()?;
        let found = decode(unseal(&bytes)?)?;
        // Only to know what was used last; a cache that cannot be written to is still one.
        let _ = File::options()
            .write(true)
            .open(path)
            .and_then(|file| file.set_times(FileTimes::new().set_modified(SystemTime::now())));
        Some(found)
    }

    /// Keeps an index.
    ///
    /// # Errors
    /// When it could not be written; the cache is as it was.
    pub(crate) fn store(&self, layer: &Digest, fingerprint: &str, index: &LayerIndex) -> io::Result<()> {
        self.write(&self.path(layer, fingerprint), &encode(index)?)
    }

    /// Keeps what was learnt under a key of hexadecimal digits.
    ///
    /// # Errors
    /// When it could not be written; the cache is as it was.
    pub fn keep<T: Serialize>(&self, key: &str, learnt: &T) -> io::Result<()> {
        let plain = serde_json::to_vec(learnt)?;
        let mut body = (plain.len() as u64).to_le_bytes().to_vec();
        body.extend_from_slice(&zstd::bulk::compress(&plain, 1)?);
        self.write(&self.facts_path(key), &body)
    }

    fn write(&self, path: &Path, body: &[u8]) -> io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.folder)?;
        file.write_all(MAGIC)?;
        file.write_all(digest(&SHA256, body).as_ref())?;
        file.write_all(body)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Removes what was not used for longest until the rest is within the limit. Other processes may do the same at the
    /// same time, or read what is removed: both go well.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn prune(&self) -> io::Result<()> {
        let (mut files, mut total) = (Vec::new(), 0_u64);
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let Ok(metadata) = entry.metadata() else { continue };
            let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if entry.file_name().to_string_lossy().starts_with(".new-") {
                if used.elapsed().is_ok_and(|age| age > ABANDONED) {
                    let _ = fs::remove_file(entry.path());
                }
            } else if entry.path().extension().is_some_and(|extension| extension == "layer" || extension == "facts") {
                total = total.saturating_add(metadata.len());
                files.push((used, entry.path(), metadata.len()));
            }
        }
        files.sort();
        for (_, path, size) in files {
            if total <= self.limit {
                break;
            }
            // Gone already means that another process removed it.
            let _ = fs::remove_file(path);
            total = total.saturating_sub(size);
        }
        Ok(())
    }

    fn path(&self, layer: &Digest, fingerprint: &str) -> PathBuf {
        self.folder.join(format!("{}-{}-{fingerprint}.layer", layer.algorithm(), layer.hex()))
    }

    fn facts_path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.facts"))
    }
}

/// Stands for all that shapes an index beside the layer: readers and their versions, this code's version, bounds.
pub fn fingerprint(
    readers: &[&'static Reader],
    detectors: &[&Detector<'_>],
    sieve: Option<&dyn Sieve>,
    limits: &Limits,
) -> String {
    let mut text = format!("{VERSION} {limits:?}");
    for reader in readers {
        text.push_str(&format!(" {}={} {:?}", reader.id, reader.version, reader.wants));
    }
    for detector in detectors {
        text.push_str(&format!(" {}={}{}", detector.id, detector.version, detector.rules));
    }
    if let Some(sieve) = sieve {
        text.push_str(&format!(" sieve={}", sieve.mark()));
    }
    HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref().get(..8).unwrap_or_default())
}

/// Lengths, then records and notes compressed together, then the blocks, which are compressed already.
fn encode(index: &LayerIndex) -> io::Result<Vec<u8>> {
    let notes = serde_json::to_vec(&index.notes)?;
    let mut plain = Vec::with_capacity(index.records.len().saturating_add(notes.len()));
    plain.extend_from_slice(&index.records);
    plain.extend_from_slice(&notes);
    let packed = zstd::bulk::compress(&plain, 1)?;
    let mut body = Vec::new();
    for length in [index.records.len(), plain.len(), packed.len()] {
        body.extend_from_slice(&(length as u64).to_le_bytes());
    }
    body.extend_from_slice(&packed);
    for block in &index.blocks {
        body.extend_from_slice(&(block.len() as u64).to_le_bytes());
        body.extend_from_slice(block);
    }
    Ok(body)
}

/// What is behind the header of a file, if it is whole.
fn unseal(file: &[u8]) -> Option<&[u8]> {
    let (checksum, body) = file.strip_prefix(MAGIC)?.split_at_checked(32)?;
    (digest(&SHA256, body).as_ref() == checksum).then_some(body)
}

fn decode(body: &[u8]) -> Option<LayerIndex> {
    let (records, body) = length(body)?;
    let (plain, body) = length(body)?;
    let (packed, body) = length(body)?;
    let (packed, mut rest) = body.split_at_checked(packed)?;
    let mut plain = zstd::bulk::decompress(packed, plain.min(MOST)).ok()?;
    let notes: Notes = serde_json::from_slice(plain.get(records..)?).ok()?;
    plain.truncate(records);
    let mut blocks = Vec::new();
    while !rest.is_empty() {
        let (size, after) = length(rest)?;
        let (block, after) = after.split_at_checked(size)?;
        blocks.push(block.to_vec());
        rest = after;
    }
    Some(LayerIndex { records: plain, blocks, notes, ..LayerIndex::default() })
}

fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    Some((usize::try_from(u64::from_le_bytes(*number)).ok()?, rest))
}
